import { fail } from "../../../core/index.ts";
import { IMAGENET_CLASSES } from "./imagenet32-maps.ts";

/** The largest official batch has 128,123 images. */
export const MAX_ROWS = 200_000;

/** A batch whose labels were read; its pixels are still in the file. */
export interface Imagenet32Part {
  /** The file's name. */
  readonly name: string;
  readonly count: number;
  /** [count], 1 to 1000, as distributed. */
  readonly labels: Int32Array;
  /** The images in order, planar, in pieces of any length: use each before the next. */
  pixels(): AsyncGenerator<Uint8Array>;
}

export function checkedLabels(list: readonly unknown[], file: string): Int32Array {
  return Int32Array.from(list, (label, i) => {
    if (Number.isInteger(label) && Number(label) >= 1 && Number(label) <= IMAGENET_CLASSES) return Number(label);
    const found = `${typeof label === "number" ? label : "something else"} at image ${i}`;
    return fail("data", { where: file, expected: `labels from 1 to ${IMAGENET_CLASSES}`, found });
  });
}
