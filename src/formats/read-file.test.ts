import { join } from "node:path";
import { expect, it } from "vitest";
import { put, putPipe } from "../../test/data-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readBounded } from "./read-file.ts";

it("reads a file of just the allowed size, and names what it does not read", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "a", "12345");
  expect((await readBounded(file, 5)).toString()).toBe("12345");
  await expect(readBounded(file, 4)).rejects.toThrow(`${file}: expected at most 4 bytes, found 5 bytes`);
  await expect(readBounded(join(folder, "b"), 4)).rejects.toThrow(
    "expected a readable file, found nothing of that name",
  );
  await expect(readBounded(folder, 2 ** 20)).rejects.toThrow("expected a readable file, found a folder");
});

it("does not wait for a pipe", async (context) => {
  const pipe = putPipe(temporaryFolder(), "pipe", context);
  await expect(readBounded(pipe, 9)).rejects.toThrow("expected a readable file, found a pipe or a device");
});
