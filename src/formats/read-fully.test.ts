import type { FileHandle } from "node:fs/promises";
import { expect, test } from "vitest";
import { readFully } from "./read-fully.ts";

/** A file of ten bytes that gives three at a time. */
const slow = {
  read: async (bytes: Uint8Array, offset: number, length: number, position: number) => {
    const bytesRead = Math.max(0, Math.min(3, length, 10 - position));
    for (let i = 0; i < bytesRead; i++) bytes[offset + i] = position + i;
    return { bytesRead, buffer: bytes };
  },
} as unknown as FileHandle;

test("short reads are put together, and the end of the file is counted", async () => {
  const bytes = new Uint8Array(7);
  expect(await readFully(slow, bytes, 2)).toBe(7);
  expect([...bytes]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  expect(await readFully(slow, bytes, 6)).toBe(4);
  expect(await readFully(slow, bytes, 20)).toBe(0);
});
