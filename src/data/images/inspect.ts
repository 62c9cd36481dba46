import { availableParallelism } from "node:os";
import { fsReason, inLanes } from "../../core/index.ts";
import type { SkippedFile } from "../dataset.ts";
import { readSize, reducedSize } from "./decode.ts";
import type { LabelledFile } from "./labelled-file.ts";

/** An image whose header was read. */
export interface Inspected {
  readonly file: LabelledFile;
  /** As it will be kept. */
  readonly width: number;
  readonly height: number;
}

/** Runs `work` on every item, a few at a time: decoding happens on threads of its own. */
export async function eachAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal | undefined,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const count = Math.min(availableParallelism(), 4);
  await inLanes(items.entries(), { count, signal }, ([index, item]) => work(item, index));
  signal?.throwIfAborted();
}

/** Reads the headers: what each image will measure once decoded (and reduced to `shortSide`), or why it is bad. */
export async function inspect(
  files: readonly LabelledFile[],
  shortSide: number | undefined,
  bad: SkippedFile[],
  signal: AbortSignal | undefined,
): Promise<Inspected[]> {
  const inspected: (Inspected | undefined)[] = [];
  await eachAtOnce(files, signal, async (file, i) => {
    if (file.problem) {
      bad.push({ file: file.id, reason: file.problem });
      return;
    }
    try {
      const size = await readSize(file.file);
      const [width, height] = reducedSize(size.width, size.height, shortSide);
      inspected[i] = { file, width, height };
    } catch (error) {
      bad.push({ file: file.id, reason: fsReason(error) });
    }
  });
  // Lanes finish in any order; places keep the files' own.
  return inspected.filter((entry) => entry !== undefined);
}
