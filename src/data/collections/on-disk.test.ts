import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { pathsOnDisk } from "./on-disk.ts";

const [composed, apart] = ["caf\u00e9", "cafe\u0301"];

test("a path is found by names that mean the same letters, folders too", async () => {
  const folder = temporaryFolder();
  put(folder, `${apart}/1/${composed}.png`, "");
  const real = join(folder, readdirSync(folder)[0]!, "1", `${composed}.png`);
  const find = pathsOnDisk();
  for (const path of [`${composed}/1/${apart}.png`, `${apart}/1/${composed}.png`]) {
    expect((await find(join(folder, path))).normalize("NFC")).toBe(real.normalize("NFC"));
  }
  if (readdirSync(folder)[0] === apart) expect(await find(join(folder, composed, "1", `${apart}.png`))).toBe(real);
});

test("the exact name goes before another form of it", async (context) => {
  const folder = temporaryFolder();
  for (const name of [composed, apart]) put(folder, `${name}.png`, "");
  if (readdirSync(folder).length === 1) context.skip("one name here");
  const find = pathsOnDisk();
  for (const name of [composed, apart]) {
    expect(await find(join(folder, `${name}.png`))).toBe(join(folder, `${name}.png`));
  }
});

test("a path that leads to nothing stays as it is", async () => {
  const find = pathsOnDisk();
  const deep = `/${apart}`.repeat(200_000);
  for (const path of [`/nowhere/${apart}/${composed}.png`, "/nowhere/x.png", `/${apart}.png`, "/", deep]) {
    const absolute = resolve(path);
    expect(await find(absolute)).toBe(absolute);
  }
});
