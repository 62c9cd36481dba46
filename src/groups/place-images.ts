import type { StopSignal } from "../core/index.ts";
import { layOut } from "../layout/index.ts";
import { THREADS } from "./neighbour-graph.ts";

/** More axes or epochs change little: docs/groups.md. */
export const AXES = 5;
const EPOCHS = 200;

/** [n, AXES] coordinates of rows [n, dim] of length 1, in which groups are looked for: near is what is near by cosine. */
export async function placeImages(
  rows: Float32Array,
  dim: number,
  seed: number,
  signal?: StopSignal,
): Promise<Float64Array> {
  return Float64Array.from(await layOut(rows, dim, { axes: AXES, epochs: EPOCHS, seed, threads: THREADS, signal }));
}
