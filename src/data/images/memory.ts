import { freemem, platform, totalmem } from "node:os";
import { fail } from "../../core/index.ts";

/** Bytes this process may still take: what the machine has free, within a container's limit. */
function availableMemory(): number {
  // macOS counts only untouched pages as free, although it gives up its caches at once.
  const free = platform() === "darwin" ? totalmem() : freemem();
  const limit = process.constrainedMemory?.() ?? 0;
  return limit > 0 && limit < totalmem() ? Math.min(free, limit - process.memoryUsage.rss()) : free;
}

/**
 * Says in time that the pixels would not fit.
 * @param where the data, for the message
 * @throws MaskconError "data" where fewer than `bytes` bytes are free
 */
export function checkMemory(where: string, bytes: number, available = availableMemory()): void {
  if (bytes > available) refuse(where, bytes, `${gibibytes(Math.max(0, available))}`);
}

/**
 * Shared memory of `bytes` bytes, zeroed.
 * @throws MaskconError "data" where the system refuses it
 */
export function sharedPixels(where: string, bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch {
    return refuse(where, bytes, "a system that does not give so much at once");
  }
}

function refuse(where: string, bytes: number, found: string): never {
  return fail("data", {
    where,
    expected: `${gibibytes(bytes)} of free memory for its pixels`,
    found,
    fix: "close other programs, or leave some of its files out and give --partial",
  });
}

const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
