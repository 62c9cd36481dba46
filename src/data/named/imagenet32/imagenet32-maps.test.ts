import { join } from "node:path";
import { expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { putMaps } from "../../../../test/imagenet32-samples.ts";
import { refusalOf, survivesDamage } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { COARSE_MAP, FINE_MAP } from "./imagenet32-files.ts";
import { readImagenet32Maps } from "./imagenet32-maps.ts";

it("takes a byte order mark", async () => {
  const folder = temporaryFolder();
  putMaps(folder);
  const text = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, i])));
  put(folder, FINE_MAP, `\ufeff${text}`);
  expect((await readImagenet32Maps(folder)).fine[999]).toBe(999);
});

it.each([FINE_MAP, COARSE_MAP])(
  "a damaged %s is read, or refused with its place, address and checksum",
  async (name) => {
    const folder = temporaryFolder();
    const text = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, i])));
    putMaps(folder);
    await survivesDamage(Buffer.from(text), join(folder, name), async (damaged) => {
      put(folder, name, damaged);
      await readImagenet32Maps(folder);
    });
  },
);

it.each([
  ["of nothing", "", /line 1, character 1: expected JSON, found the end of the text/],
  ["of brackets", "[".repeat(2 ** 20), /character 1048577: expected JSON/],
  ["of more bytes than any map", " ".repeat(2 ** 20 + 1), /at most 1048576 bytes, found 1048577 bytes/],
  ["in another encoding", Buffer.from('{"0": "\xe9"}', "latin1"), /byte 7: expected text in UTF-8/],
  ["of one huge number", `{"0": ${"9".repeat(2 ** 20 - 10)}}`, /entry "0": expected numbers below 1000 .* found null/],
])("a map %s is refused", async (_, text, message) => {
  const folder = temporaryFolder();
  putMaps(folder);
  const file = put(folder, COARSE_MAP, text);
  const refusal = await refusalOf(() => readImagenet32Maps(folder), file);
  expect(refusal).toMatch(message);
  expect(refusal).toMatch(
    /; copy it from .*https:\/\/github\.com\/MrChenFeng.* \(MD5 c527bc6c4a7bbc33d98fa5474daff739\), or run maskcon data get imagenet32$/,
  );
});
