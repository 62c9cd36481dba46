import type { Rule } from "../reading.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { arrays } from "./arrays.ts";
import { normalization } from "./normalization.ts";
import { products } from "./products.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resizing.ts";
import { windows } from "./windows.ts";

/** How each operator of ONNX is written with ops of the engine. */
export const rules: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    ...arithmetic,
    ...activations,
    ...arrays,
    ...products,
    ...reductions,
    ...normalization,
    ...windows,
    ...resizing,
  }),
);
