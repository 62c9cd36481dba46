import { readImageFolder } from "./image-folder.ts";
import type { LabelledFile } from "./labelled.ts";
import { walk } from "./walk.ts";

/**
 * The labels that images of a folder have by their places. No image is read.
 * @throws MaskconError "data" where it is no image folder
 */
export async function labelsOfFolder(root: string): Promise<LabelledFile[]> {
  return readImageFolder(root, await walk(root));
}

/**
 * The labels that images at these paths in a folder would have.
 * @throws MaskconError "data" where it would be no image folder
 */
export const labelsOfPaths = (root: string, paths: Iterable<string>): LabelledFile[] =>
  readImageFolder(
    root,
    Array.from(paths, (path) => ({ path, problem: undefined })),
  );
