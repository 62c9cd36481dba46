import { fail, firstFew, MaskconError } from "../../core/index.ts";
import type { SkippedFile } from "../dataset.ts";
import { inspect } from "../images/inspect.ts";
import type { FilesOptions, LabelledFile } from "./labelled.ts";

/** Names the first images that cannot be read, each with its reason; sorts them. */
export function unreadableText(bad: SkippedFile[], total: number): string {
  // They were found by several lanes at once; the same folder gives the same message.
  bad.sort((a, b) => (a.file < b.file ? -1 : 1));
  const named = bad.slice(0, 5).map(({ file, reason }) => `${file} (${reason})`);
  return `${bad.length} of ${total} unreadable: ${firstFew(named, { total: bad.length })}`;
}

/**
 * Runs `work`, which looks at names and labels alone. Where it refuses them, the images whose header cannot be read are
 * named in the same message, so that all can be mended at once. Nothing is decoded for it.
 * @throws MaskconError "data" where `work` does, or with its own code
 */
export async function withUnreadable<T>(
  files: readonly LabelledFile[],
  { maxBad = 0, signal }: Pick<FilesOptions, "maxBad" | "signal">,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    const bad: SkippedFile[] = [];
    await inspect(files, undefined, bad, signal);
    if (bad.length <= maxBad) throw error;
    const { failure } = error;
    const found = `${failure.found}; besides, ${unreadableText(bad, files.length)}`;
    const fix = "repair or remove the unreadable images";
    return fail(error.code, { ...failure, found, fix: failure.fix ? `${failure.fix}; ${fix}` : fix }, error);
  }
}
