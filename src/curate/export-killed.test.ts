import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { png } from "../../test/data-samples.ts";
import { linesUntilKilled } from "../../test/killed-process.ts";
import { source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openCollection } from "../collection/index.ts";
import { labelsOfFolder } from "../data/index.ts";
import { exportFolders } from "./export-folders.ts";

/** `MASKCON_KILLS=100 npx vitest run src/curate/export-killed.test.ts` */
const ROUNDS = Number(process.env.MASKCON_KILLS ?? 3);
const COUNT = 120;

/** Exports into one folder after another until it is killed, by links and by copies in turn; says what is done, once it is. */
const script = `
  import { openCollection } from ${source("src/collection/index.ts")};
  import { exportFolders } from ${source("src/curate/export-folders.ts")};
  const [folder, out] = process.argv.slice(1);
  const collection = await openCollection(folder);
  process.stdout.write("ready\\n");
  for (let n = 0; ; n++) {
    await exportFolders(collection, out + n, { copy: n % 2 === 0 });
    process.stdout.write(out + n + "\\n");
  }`;

/** Each file below a folder with its content. */
const contents = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
      ]),
  );

test("an export that is killed leaves no folder that looks finished, and a second one works", {
  timeout: 60_000 + 20_000 * ROUNDS,
}, async () => {
  const root = temporaryFolder();
  const rows = [];
  for (let i = 0; i < COUNT; i++) {
    const bytes = await png(i % 200, 8 + i, 8);
    const file = join(root, "data", `${i}.png`);
    mkdirSync(join(root, "data"), { recursive: true });
    writeFileSync(file, bytes);
    const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
    rows.push(sampleRow(i + 1, { file, name: `${i}.png`, coarse: `c${i % 2}`, fine: `f${i % 3}`, hash }));
  }
  const folder = join(root, "collection");
  mkdirSync(folder);
  await writeSample(folder, [rows]);
  const before = [contents(folder), contents(join(root, "data"))];
  let unfinished = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const out = join(root, `round-${round}-`);
    // The first line says that it began.
    const said = (await linesUntilKilled(script, [folder, out], 10 + 400 * Math.random())).slice(1);
    const left = readdirSync(root).filter((name) => name.includes(`round-${round}-`));
    const finished = left.filter((name) => !name.startsWith("."));
    // One may have been killed between the name of its folder and its word.
    expect([said.length, said.length + 1]).toContain(finished.length);
    for (const path of said) expect(finished).toContain(path.slice(root.length + 1));
    for (const name of finished) expect(await labelsOfFolder(join(root, name))).toHaveLength(COUNT);
    for (const name of left.filter((one) => !finished.includes(one))) {
      expect(name).toMatch(new RegExp(`^\\.round-${round}-\\d+\\.[0-9a-f]+\\.tmp$`));
      unfinished++;
    }
    expect([contents(folder), contents(join(root, "data"))]).toEqual(before);
    const again = await exportFolders(await openCollection(folder), `${out}${finished.length}`);
    expect([again.linked + again.copied, again.bad]).toEqual([COUNT, []]);
    expect(await labelsOfFolder(again.folder)).toHaveLength(COUNT);
  }
  expect(unfinished).toBeLessThanOrEqual(ROUNDS);
  expect(readdirSync(root).filter((name) => name.startsWith("."))).toHaveLength(unfinished);
});
