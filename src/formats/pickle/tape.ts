import { readSync } from "node:fs";

/** Where a pickle's instructions come from. */
export interface Tape {
  /** Bytes in all. */
  readonly size: number;
  /** What is loaded; one buffer for the tape's life. */
  readonly window: Uint8Array;
  /** True if the window holds everything, in place. */
  readonly whole: boolean;
  /** Loads a few bytes (at most 255, within `size`) and returns where they begin in `window`. */
  load(at: number, length: number): number;
}

export const tapeOf = (bytes: Uint8Array): Tape => ({
  size: bytes.length,
  window: bytes,
  whole: true,
  load: (at) => at,
});

const WINDOW = 1 << 16;

/**
 * A tape over an open file: instructions pass through a window of 64 KiB, and long byte strings stay in the file, so that a
 * batch of any size takes no more memory than its labels.
 */
export function fileTape(fd: number, size: number): Tape {
  const window = Buffer.alloc(WINDOW);
  let start = 0;
  let loaded = 0;
  const load = (at: number, length: number): number => {
    if (at >= start && at + length <= start + loaded) return at - start;
    start = at;
    loaded = 0;
    while (loaded < Math.min(WINDOW, size - at)) {
      const count = readSync(fd, window, loaded, WINDOW - loaded, at + loaded);
      if (count === 0) break;
      loaded += count;
    }
    // A file that shrinks while it is read: what is missing reads as zeros, which no instruction accepts.
    window.fill(0, loaded);
    return 0;
  };
  return { size, window, whole: false, load };
}
