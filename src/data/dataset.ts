import { fail } from "../core/index.ts";

/** One decoded image: RGB, rows from the top, 3 bytes a pixel. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Per channel, after scaling to [0, 1]: (value - mean) / std. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/**
 * How any thread gets at the pixels. Everything in it crosses to a worker without a copy. `digests` [length, 16] holds the first
 * half of the SHA-256 of each image's encoded bytes; they are read anew where it is left out.
 */
export type ImageSource =
  /** length x height x width x 3 bytes: every image has one size. */
  | { readonly kind: "memory"; readonly width: number; readonly height: number; readonly pixels: SharedArrayBuffer }
  /** Decoded images of any size, one after the other. `offsets` [length] in bytes, `sizes` [length, 2] as width, height. */
  | {
      readonly kind: "packed";
      readonly pixels: SharedArrayBuffer;
      readonly offsets: Float64Array;
      readonly sizes: Int32Array;
      readonly digests?: Uint8Array;
    }
  /**
   * Encoded images inside larger files or memory, decoded at every access: image i is `lengths[i]` bytes from `offsets[i]` on
   * of `parts[part[i]]`.
   */
  | {
      readonly kind: "slices";
      readonly parts: readonly (string | SharedArrayBuffer)[];
      readonly part: Int32Array;
      readonly offsets: Float64Array;
      readonly lengths: Int32Array;
      readonly shortSide?: number;
      readonly digests?: Uint8Array;
    }
  /** Decoded at every access. `shortSide`: larger images are reduced to it first. */
  | {
      readonly kind: "files";
      readonly files: readonly string[];
      readonly shortSide?: number;
      readonly digests?: Uint8Array;
    };

/** Images with a coarse label each, and fine labels where they are known. */
export interface Dataset {
  readonly name: string;
  readonly length: number;
  readonly coarseClasses: readonly string[];
  readonly fineClasses: readonly string[] | undefined;
  /** [length], an index into `coarseClasses`; -1 where there is no label (only from `openImages`). */
  readonly coarse: Int32Array;
  /** [length], an index into `fineClasses`. */
  readonly fine: Int32Array | undefined;
  readonly ids: readonly string[] | ((index: number) => string);
  readonly source: ImageSource;
  readonly normalization: Normalization;
}

/** An image that could not be read, and why. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** Images to train on, and images to measure on where there are any. `skipped` are those that could not be read. */
export interface LoadedData {
  readonly name: string;
  readonly train: Dataset;
  readonly test: Dataset | undefined;
  readonly skipped: readonly SkippedFile[];
  /** What its reader should know about the labels, a line each. */
  readonly warnings?: readonly string[];
}

/** The name of an image: its path below the data's folder, or its place in a named dataset. */
export function idOf(dataset: Dataset, index: number): string {
  if (!(index >= 0 && index < dataset.length)) {
    fail("data", { where: dataset.name, expected: `an index below ${dataset.length}`, found: String(index) });
  }
  return typeof dataset.ids === "function" ? dataset.ids(index) : dataset.ids[index]!;
}

export const imagenetNormalization: Normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
