import type { OpenOptions } from "../collections/opener.ts";
import type { Scan } from "../collections/scan.ts";
import type { LoadedData } from "../dataset.ts";
import type { DatasetCheck } from "./dataset-check.ts";
import type { Origin } from "./origin.ts";

/** All that is known of a published dataset. Its folder has one, which `sets.ts` lists: everything else goes by that list. */
export interface NamedSet<Name extends string = string> {
  /**
   * What `data check`, `data get` and `--preset` call it. Further names are other labels or splits of the same files; the
   * first is meant where none is asked for.
   */
  readonly names: readonly Name[];
  /** Each row: files (`meta`) and folders (`devkit/`) that identify it if all of them are there. */
  readonly signs: readonly (readonly string[])[];
  /**
   * Folders that its archives, torchvision or Kaggle put it in. The first of a row that holds any sign or part is taken; the
   * rows are different images.
   */
  readonly folders: readonly (readonly string[])[];
  /** Its other files and folders, which say too little to open any folder by. */
  readonly parts: readonly string[];
  /** Names that it alone has. In a folder with nothing to train on it is meant by them, and incomplete. */
  readonly hints: readonly string[];
  origin(name: Name): Origin;
  /**
   * Opens the folder that has its signs.
   * @throws MaskconError "data" where something is missing, "image" where one is damaged, with where to get it
   */
  open(folder: Scan, options: OpenOptions): Promise<LoadedData>;
  /** Compares files, counts and labels with the official ones. What is wrong is in the result. */
  check(folder: Scan, name: Name, signal?: AbortSignal): Promise<DatasetCheck>;
  /**
   * Refuses a folder without images that has some of it, in words of its own.
   * @throws MaskconError "data" where some of it lies there
   */
  refusePart?(folder: Scan): Promise<void>;
}
