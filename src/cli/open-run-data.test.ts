import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { tarOf } from "../../test/tar-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type RunConfig, type RunRecord, resolveConfig } from "../config/index.ts";
import { loadRun, newRecord, runPaths, writeRecord } from "../run/index.ts";
import { flagValues } from "./config-options.ts";
import { openRunData } from "./open-run-data.ts";
import { openSource } from "./open-source.ts";

/** The folder of a run that was begun on `source`, without its checkpoints. */
async function begunRun(source: string, config: RunConfig, change: (record: RunRecord) => RunRecord = (same) => same) {
  const paths = runPaths(join(temporaryFolder(), "run"));
  mkdirSync(paths.folder);
  const data = await openSource(source, config);
  const { record, writeList } = await newRecord(paths, { version: "1", data: source, config }, data);
  await writeList();
  await writeRecord(paths, change(record));
  return loadRun(paths.folder);
}

/** What a command gets of a run's images, and what it says. */
async function opened(run: Awaited<ReturnType<typeof begunRun>>, flags: Record<string, unknown> = {}) {
  const said: string[] = [];
  const { train, test, own, trainedWith, warnings } = await openRunData(run, flags, { err: (line) => said.push(line) });
  return { train, test, said, facts: { train: train.length, test: test?.length ?? 0, own, trainedWith, warnings } };
}

/** Twelve different pictures, a coarse class for each of two folders. */
async function pictures(folder: string, first = 0): Promise<string> {
  for (let i = 0; i < 12; i++) put(folder, `${i % 2 ? "odd" : "even"}/${i}.png`, await png(first + i, 16, 16));
  return folder;
}
const config = resolveConfig({ flags: { imageSize: 16, testFraction: 0.34 } });
const own = { train: 8, test: 4, own: true, trainedWith: 0, warnings: [] };

it("opens a run's data as it was first opened, from any folder", async () => {
  const folder = temporaryFolder();
  const members: [string, string | Uint8Array][] = [];
  for (const i of [0, 1, 2, 3])
    members.push([`${i}.png`, await png(i)], [`${i}.json`, JSON.stringify({ kind: i % 2 })]);
  const data = put(folder, "shard.tar", await tarOf(members));
  const coarseMap = put(folder, "map.csv", "fine,coarse\n0,even\n1,odd\n");
  const flags = { coarseMap: relative(process.cwd(), coarseMap), fineColumn: "kind", coarseColumn: "kind" };
  const config = resolveConfig({ flags: flagValues(flags) });
  expect(config.coarseMap).toBe(coarseMap);
  const { train, test } = await opened(await begunRun(data, config));
  expect([train.coarseClasses, train.fineClasses]).toEqual([
    ["even", "odd"],
    ["0", "1"],
  ]);
  expect([train.length, test!.length]).toEqual([2, 2]);
});

it("refuses the run's own images once they have changed, and counts", async () => {
  const folder = await pictures(temporaryFolder());
  const run = await begunRun(folder, config);
  expect((await opened(run)).facts).toEqual(own);
  for (let i = 0; i < 12; i++) {
    const name = `${i % 2 ? "odd" : "even"}/`;
    renameSync(join(folder, name, `${i}.png`), join(folder, name, `IMG_${i}.png`));
  }
  const renamed = opened(run);
  await expect(renamed).rejects.toThrow(
    /expected the 8 training and 4 test images of this run, found for training \d of/,
  );
  await expect(renamed).rejects.toThrow(
    /of its training images; give the files the names, or the rows of Parquet the order, and the split that they had, or/,
  );
});

it.each<[string, (folder: string) => unknown, RegExp]>([
  [
    "a picture edited in place",
    async (folder) => put(folder, "even/0.png", await png(90, 16, 16)),
    /expected the (8 training|4 test) images of this run, found (7|3) of them and 1 other; .*--data DATA$/,
  ],
  [
    "one out and another in",
    async (folder) => {
      rmSync(join(folder, "odd/11.png"));
      put(folder, "odd/11.png", await png(91, 16, 16));
    },
    /found (7|3) of them and 1 other;/,
  ],
  ["one more", async (folder) => put(folder, "odd/99.png", await png(92, 16, 16)), /found .*of them/],
  [
    "two pictures that changed their classes",
    (folder) => {
      const [a, b] = [join(folder, "even/0.png"), join(folder, "odd/1.png")];
      const [first, second] = [readFileSync(a), readFileSync(b)];
      writeFileSync(a, second);
      writeFileSync(b, first);
    },
    /with another label|of its (test|training) images/,
  ],
])("refuses %s", async (_, change, message) => {
  const folder = await pictures(temporaryFolder());
  const run = await begunRun(folder, config);
  await change(folder);
  await expect(opened(run)).rejects.toThrow(message);
});

it("refuses a CSV in which two images changed their splits", async () => {
  const folder = await pictures(temporaryFolder());
  const rows = Array.from({ length: 12 }, (_, i) => {
    const kind = i % 2 ? "odd" : "even";
    return [`${kind}/${i}.png`, kind, i < 8 ? "train" : "test"];
  });
  const text = () => ["file,coarse,split", ...rows.map((row) => row.join(","))].join("\n");
  const list = put(folder, "list.csv", text());
  const run = await begunRun(list, config);
  [rows[0]![2], rows[9]![2]] = ["test", "train"];
  writeFileSync(list, text());
  await expect(opened(run)).rejects.toThrow(
    /list\.csv: expected the 8 training and 4 test images of this run, found for training 7 of them and 1 of its test images, for testing 3 of them and 1 of its training images; /,
  );
});

it("finds the run's own images at another place, records it, and holds nothing out of others", async () => {
  const [first, moved] = [temporaryFolder(), join(temporaryFolder(), "moved")];
  const run = await begunRun(await pictures(first), config);
  renameSync(first, moved);
  mkdirSync(first);
  rmSync(first, { recursive: true });
  await expect(opened(run)).rejects.toThrow(
    /expected the images that this run was trained on, found nothing of that name; .* give that place with --data DATA/,
  );
  const { facts, said } = await opened(run, { data: moved });
  expect(facts).toEqual(own);
  expect(said).toEqual([expect.stringMatching(/^note: these are the run's own images; .*config\.json says now where/)]);
  const again = await loadRun(run.paths.folder);
  expect(again.record).toEqual({ ...run.record, data: moved, dataset: { ...run.record.dataset, name: moved } });
  expect(await opened(again)).toMatchObject({ facts: own, said: [] });
  expect(await opened(again, { data: moved })).toMatchObject({ facts: own, said: [] });

  const others = await pictures(temporaryFolder(), 100);
  expect(await opened(again, { data: others })).toMatchObject({
    facts: { train: 12, test: 0, own: false, trainedWith: 0, warnings: [] },
    said: [],
  });
  expect((await loadRun(run.paths.folder)).record.data).toBe(moved);
});

it("finds the run's own images where they have no columns any more, or others", async () => {
  const folder = await pictures(join(temporaryFolder(), "in", "train"));
  for (const name of ["even", "odd"]) put(folder, `../test/${name}/t.png`, await png(name.length + 50, 16, 16));
  const rows = (column: string) => [
    `file,${column},split`,
    ...Array.from({ length: 12 }, (_, i) => `${i % 2 ? "odd" : "even"}/${i}.png,${i % 2 ? "odd" : "even"},train`),
    ...["even", "odd"].map((name) => `../test/${name}/t.png,${name},test`),
  ];
  const [first, other] = ["kind", "coarse"].map((column) => put(folder, `${column}.csv`, rows(column).join("\n")));
  const run = await begunRun(first!, { ...config, coarseColumn: "kind" });
  for (const data of [join(folder, ".."), other!]) {
    expect((await opened(run, { data })).facts).toEqual({ ...own, train: 12, test: 2 });
    const { record } = await loadRun(run.paths.folder);
    expect([record.data, record.config.coarseColumn]).toEqual([data, undefined]);
  }
  expect((await opened(run, { data: first!, coarseColumn: "kind" })).facts.own).toBe(true);
});

it("says how many of other images were trained with", async () => {
  const run = await begunRun(await pictures(temporaryFolder()), config);
  const mixed = await pictures(temporaryFolder());
  put(mixed, "new/a.png", await png(200, 16, 16));
  const warning = "8 of these 13 images were trained with: their figures say little about others";
  expect((await opened(run, { data: mixed })).facts).toMatchObject({ train: 13, trainedWith: 8, warnings: [warning] });
  rmSync(run.paths.images);
  expect((await opened(run, { data: mixed })).facts).toMatchObject({
    trainedWith: undefined,
    warnings: [expect.stringMatching(/^whether any of these .* is not known: .*images\.safetensors is missing$/)],
  });
});

it("says where the same picture is both trained with and tested on", async () => {
  const folder = await pictures(temporaryFolder());
  for (const split of ["train", "test"]) put(folder, `../both/${split}/a/1.png`, await png(1, 16, 16));
  for (const [i, split] of ["train", "test", "train"].entries()) {
    put(folder, `../both/${split}/b/${i}.png`, await png(50 + i, 16, 16));
  }
  const run = await begunRun(join(folder, "../both"), config);
  expect((await opened(run)).facts).toMatchObject({
    trainedWith: 1,
    warnings: ["1 of the 2 test images are among the training images, too"],
  });
  rmSync(join(folder, "../both"), { recursive: true });
});

it("reads the run's own images under another coarse map, with the split they had", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 16; i++) put(folder, `images/all/${i % 4}/${i}.png`, await png(i, 16, 16));
  for (let i = 0; i < 4; i++) put(folder, `images/some/${4 + (i % 2)}/${i}.png`, await png(50 + i, 16, 16));
  const map = (name: string, odd: string) =>
    put(folder, name, `fine,coarse\n${[0, 1, 2, 3, 4, 5].map((i) => `${i},${i % 2 ? odd : "even"}`).join("\n")}\n`);
  const [first, same, other] = [map("a.csv", "odd"), map("b.csv", "odd"), map("c.csv", "other")];
  const run = await begunRun(join(folder, "images"), { ...config, coarseMap: first });
  const { facts, train } = await opened(run, { coarseMap: other });
  expect([facts.own, facts.trainedWith, train.coarseClasses]).toEqual([false, 0, ["even", "other"]]);
  expect((await loadRun(run.paths.folder)).record.config.coarseMap).toBe(first);
  expect((await opened(run, { coarseMap: same })).facts.own).toBe(true);
  expect((await loadRun(run.paths.folder)).record.config.coarseMap).toBe(same);
  writeFileSync(first, readFileSync(other));
  await expect(opened(run)).rejects.toThrow(/found for training \d+ of them and \d+ with another label, for testing/);
});

it("opens what a run of an earlier version has, and says what was not compared", async () => {
  const folder = await pictures(temporaryFolder());
  const run = await begunRun(folder, config, (record) => {
    const { images: _, ...dataset } = record.dataset;
    return { ...record, id: undefined, dataset };
  });
  const earlier = /^this run was begun by an earlier version, which kept no digests of its images: /;
  const { facts } = await opened(run);
  expect(facts).toEqual({ ...own, trainedWith: undefined, warnings: [expect.stringMatching(earlier)] });
  const alike = await opened(run, { data: await pictures(temporaryFolder(), 100) });
  expect(alike.facts).toMatchObject({ test: 4, own: false, warnings: [expect.stringMatching(/labels agree/)] });
  expect(alike.said).toEqual([]);
  rmSync(join(folder, "odd/1.png"));
  await expect(opened(run)).rejects.toThrow(/expected the 8 training and 4 test images .* found \d and \d; /);
});

it("measures images of one coarse class, which are nothing to train on", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 8; i++) put(folder, `cats/${i % 2}/${i}.png`, await png(i));
  await expect(openSource(folder, config)).rejects.toThrow(/expected at least two coarse classes, found only "cats"/);
  const run = await begunRun(await pictures(temporaryFolder()), config);
  const { train } = await opened(run, { data: folder });
  expect([train.length, train.coarseClasses, train.fineClasses]).toEqual([8, ["cats"], ["0", "1"]]);
});
