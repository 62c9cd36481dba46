import type { LoadedData } from "../dataset.ts";
import type { FilesOptions } from "./labelled.ts";
import type { Scan } from "./scan.ts";

/** How `openData` reads DATA. Options of other kinds of data than the one it finds have no effect. */
export interface OpenOptions extends FilesOptions {
  /**
   * `cifartoy-good` and `cifartoy-bad` choose CIFAR-10's coarse classes, `sop-split1` and `-split2` the split. Of any named
   * set it says what is missing, where the folder holds nothing else to train on.
   */
  readonly preset?: string | undefined;
  /** Accept CIFAR-10 with some of its five training files missing, or ImageNet32 with some of its ten. */
  readonly partial?: boolean | undefined;
  /** Open files that are called like those of a published set and have unknown coarse classes, too: labels are not used. */
  readonly anyClasses?: boolean | undefined;
  /** Keep this many of the training images (see `subset`); default all. */
  readonly trainImages?: number | undefined;
  /** `train` leaves the test images out, so that encoders are measured on the training images. Default: `test`. */
  readonly measureOn?: "test" | "train" | undefined;
}

/** DATA of a kind that is known. */
export interface Opener {
  /** Whether it has columns, which options may name. */
  readonly columns: boolean;
  open(): Promise<LoadedData>;
}

/**
 * Says how a folder is opened if it is of one kind; undefined if it is none of it.
 * @throws MaskconError "data" where it is of that kind, and cannot be opened as it is
 */
export type Recogniser = (scan: Scan, options: OpenOptions) => Promise<Opener | undefined>;
