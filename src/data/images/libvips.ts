import type { default as Sharp } from "sharp";
import { fsReason } from "../../core/index.ts";

/** Larger images are refused unread: 2^26 pixels, 201 MB decoded. */
export const MAX_PIXELS = 2 ** 26;

export const inputOptions = { failOn: "error", limitInputPixels: MAX_PIXELS, sequentialRead: true } as const;

let decoder: Promise<typeof Sharp> | undefined;

/** Loaded (25 MB of memory) with the first image: sets that come decoded never need it. */
export function sharpOnce(): Promise<typeof Sharp> {
  decoder ??= import("sharp").then(({ default: sharp }) => {
    // One image is one thread's work, and files are read once: the pool of callers is the parallelism.
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  });
  return decoder;
}

/** Of the libraries that decode images: others may give other pixels. */
export async function decoderVersion(): Promise<string> {
  const { sharp, vips } = (await sharpOnce()).versions;
  return `sharp ${sharp}, libvips ${vips}`;
}

/** Enough to see the cause. */
const MAX_LINES = 3;

/**
 * What an error says, on one line. libvips adds a line for each thing it tried in vain: lines that differ in numbers alone
 * count once, and its search for a place beyond the end of a file counts only where nothing else is said.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error && error.message.includes("\n"))) return fsReason(error);
  const lines = error.message.split("\n").map((line) => line.trim());
  const causes = lines.filter((line) => line && !/bad seek to \d+$/.test(line));
  const kept: string[] = [];
  for (const line of causes.length > 0 ? causes : lines) {
    if (!kept.some((known) => numberless(known).includes(numberless(line)))) kept.push(line);
  }
  return kept.slice(0, MAX_LINES).join("; ");
}

const numberless = (line: string): string => line.replace(/\d+/g, "0");
