import type { StopSignal } from "../../core/index.ts";
import type { SkippedFile } from "../dataset.ts";
import type { KnownImages } from "../images/known-images.ts";

export type { LabelledFile } from "../images/labelled-file.ts";

/** A longer text, in bytes or characters, is no label. */
export const MAX_LABEL = 1000;

/** Whether a text says that there is no label: Hugging Face writes -1, and tables with gaps make -1.0 of it. */
export const isNoLabel = (text: string): boolean => /^\s*-1(\.0*)?\s*$/.test(text);

/** What a message says was found. */
export const NO_LABEL = "-1, which stands for no label";

/** What columns of a table (keys of a sample's JSON) are called, where their names say it not by themselves. */
export interface ColumnOptions {
  /** Column of the image's path or bytes. */
  readonly imageColumn?: string | undefined;
  /** Column of the coarse label. */
  readonly coarseColumn?: string | undefined;
  /** Column of the fine label. */
  readonly fineColumn?: string | undefined;
}

/** How images and labels of a folder, a table or archives are read. */
export interface FilesOptions extends ColumnOptions {
  /** A CSV `fine,coarse` that gives the coarse class of every fine one. */
  readonly coarseMap?: string | undefined;
  /** Take images of one coarse class alone too: they are measured, not trained on. */
  readonly oneClass?: boolean | undefined;
  /** How many unreadable images to skip before giving up; default 0. */
  readonly maxBad?: number | undefined;
  /** Called with the unreadable images that were left out, where there are any. */
  readonly onSkipped?: ((skipped: readonly SkippedFile[]) => void) | undefined;
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
  /**
   * Images that were decoded before, such as `readKnownImages` gives: those of them that are still there are not decoded to find
   * out whether they can be. Used where images are left whole (no `imageSize`) and do not fit `cacheBytes`.
   */
  readonly known?: KnownImages | undefined;
  /** Aborts by throwing its reason, while files are listed and read. */
  readonly signal?: StopSignal | undefined;
}
