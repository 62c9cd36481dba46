/** An image file with its labels, before anything was decoded. */
export interface LabelledFile {
  /** To open it by. */
  readonly file: string;
  /** To show it by; unique within its collection. */
  readonly id: string;
  readonly coarse: string;
  readonly fine: string | undefined;
  readonly split: "train" | "test" | undefined;
  /** Known to be unreadable, and why. */
  readonly problem?: string | undefined;
}

export interface FilesOptions {
  /** How many unreadable images to skip before giving up; default 0. */
  readonly maxBad?: number | undefined;
  /** Share of each class held out where the data names no test split; default 0.1, 0 for none. */
  readonly testFraction?: number | undefined;
  /** Chooses which images are held out; default 0. */
  readonly seed?: number | undefined;
  /**
   * The size training images are cropped to. Where given, larger training images are kept reduced to what crops of that
   * size can use, which saves memory and time; test images are always kept whole.
   */
  readonly imageSize?: number | undefined;
  /** Decoded images are kept in memory up to this many bytes in all (default 1 GiB); beyond it, decoded at each access. */
  readonly cacheBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
