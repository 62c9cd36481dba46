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

/** What an error says, on one line. */
export const reasonOf = (error: unknown): string => fsReason(error);
