import { fsReason } from "../../core/index.ts";
import type { SkippedFile } from "../dataset.ts";
import { readSize, reducedSize } from "./decode.ts";
import { eachAtOnce } from "./each-at-once.ts";
import type { KnownImages, LookedUp } from "./known-images.ts";
import type { LabelledFile } from "./labelled-file.ts";

/** An image whose header was read. */
export interface Inspected {
  readonly file: LabelledFile;
  /** As it will be kept. */
  readonly width: number;
  readonly height: number;
  /** Where known images were given. */
  readonly found?: LookedUp | undefined;
}

/** Reads the headers of images that are not known: what each will measure once decoded (and reduced to `shortSide`), or why it is bad. */
export async function inspect(
  files: readonly LabelledFile[],
  shortSide: number | undefined,
  bad: SkippedFile[],
  signal: AbortSignal | undefined,
  known?: KnownImages,
): Promise<Inspected[]> {
  const inspected: (Inspected | undefined)[] = [];
  await eachAtOnce(files, signal, async (file, i) => {
    if (file.problem) {
      bad.push({ file: file.id, reason: file.problem });
      return;
    }
    try {
      const found = await known?.lookUp(file.file);
      const size = found?.known ?? (await readSize(file.file));
      const [width, height] = reducedSize(size.width, size.height, shortSide);
      inspected[i] = { file, width, height, found };
    } catch (error) {
      bad.push({ file: file.id, reason: fsReason(error) });
    }
  });
  // Lanes finish in any order; places keep the files' own.
  return inspected.filter((entry) => entry !== undefined);
}
