import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { tarOf } from "../../test/tar-samples.ts";
import { openCollection } from "../collection/index.ts";
import { readCollectionRecord, writeCollectionRecord } from "../collection/record.ts";
import { exportFolders } from "./export-folders.ts";

const COUNT = 8;
let root: string;
let pictures: readonly Buffer[];
const at = (name: string) => join(root, name);

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-export-named-"));
  pictures = await Promise.all(Array.from({ length: COUNT }, (_, i) => png(20 * i + 7, 20, 16)));
  for (const i of pictures.keys()) put(root, `data/${i % 2 ? "b/z" : "a/y"}/${i}.png`, await png(20 * i, 16, 16));
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1"];
  expect(await refusal("train", at("data"), "--out", at("run"), ...sizes, ...more)).toBe("");
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

/** What a command says when it is refused; "" where it is not. */
async function refusal(...line: string[]): Promise<string> {
  const { code, err } = await runCommand(line);
  return code === 0 ? "" : err;
}
const collect = (data: string, out: string, ...more: string[]) =>
  refusal("collect", at("run"), at(data), "--out", at(out), ...more);
const exportTo = (folder: string, from: string, ...more: string[]) =>
  refusal("collection", "export", at(from), "--folders", at(folder), ...more);
const readings = async (folder: string) =>
  (await readCollectionRecord(at(folder))).sources.map(({ reading }) => reading);

/** Where the pictures go; the last folder of each is its fine class. */
const placesOf = (nameOf: (i: number) => string) => pictures.map((_, i) => `c${i % 2}/f${i % 4}/${nameOf(i)}`);
const readBack = (folder: string, places: readonly string[]) =>
  places.map((place) => readFileSync(at(`${folder}/${place}`)));

/** Two columns of bytes, neither of a usual name, and labels beside another table's. */
function putParquet(path: string, image: string, shown: readonly Uint8Array[] = pictures): void {
  const columnData = [
    { name: image, data: [...shown] },
    { name: "mask", data: shown.map(() => new Uint8Array([1])) },
    { name: "kind", data: shown.map((_, i) => `c${i % 2}`) },
    { name: "breed", data: shown.map((_, i) => `f${i % 4}`) },
    // Named as a label is, and none: a label has at most a thousand characters.
    { name: "coarse_label", data: shown.map(() => "x".repeat(2000)) },
  ];
  put(root, path, new Uint8Array(parquetWriteBuffer({ columnData })));
}

const labels = ["--coarse-column", "kind", "--fine-column", "breed"];
const fromParquet = () => placesOf((i) => `a.parquet#${i}.png`);

test("Parquet files come back from the columns that they were collected from", { timeout: 60_000 }, async () => {
  putParquet("a.parquet", "photo");
  expect(await collect("a.parquet", "parquet", "--image-column", "photo", ...labels)).toBe("");
  const reading = { imageColumn: "photo", coarseColumn: "kind", fineColumn: "breed" };
  expect(await readings("parquet")).toEqual([reading]);
  expect(await exportTo("from-parquet", "parquet")).toBe("");
  expect(readBack("from-parquet", fromParquet())).toEqual(pictures);
});

test("several places of one collection are read each in its own way", { timeout: 60_000 }, async () => {
  putParquet("several/a.parquet", "photo");
  const shown = await Promise.all(pictures.map((_, i) => png(20 * i + 9, 20, 16)));
  putParquet("b.parquet", "shot", shown);
  const members = pictures.flatMap((bytes, i) => [
    [`${i}.left.png`, bytes] as const,
    [`${i}.right.png`, shown[i]!] as const,
    [`${i}.cls`, `c${i % 2}`] as const,
    [`${i}.fine.cls`, `f${i % 4}`] as const,
  ]);
  put(root, "c.tar", await tarOf(members));
  const table = pictures.map((bytes, i) => {
    put(root, `csv/${i}.png`, bytes);
    return `${i}.png,c${i % 2},f${i % 4}\n`;
  });
  put(root, "csv/list.csv", `where,kind,breed\n${table.join("")}`);
  expect(await collect("several", "many", "--image-column", "photo", ...labels)).toBe("");
  expect(await collect("b.parquet", "many", "--image-column", "shot", ...labels)).toBe("");
  expect(await collect("c.tar", "many", "--image-column", "right.png")).toBe("");
  expect(await collect("csv/list.csv", "many", "--image-column", "where", ...labels)).toBe("");
  expect(await collect("data", "many")).toBe("");
  expect((await readings("many")).map((own) => own?.imageColumn)).toEqual([
    ...["photo", "shot", "right.png", "where"],
    undefined,
  ]);
  expect(await exportTo("from-many", "many", "--no-splits")).toBe("");
  expect(readBack("from-many", fromParquet())).toEqual(pictures);
  expect(
    readBack(
      "from-many",
      placesOf((i) => `b.parquet#${i}.png`),
    ),
  ).toEqual(shown);
  expect(
    readBack(
      "from-many",
      placesOf((i) => `${i}.right.png`),
    ),
  ).toEqual(shown);
  expect(
    readBack(
      "from-many",
      placesOf((i) => `${i}.png`),
    ),
  ).toEqual(pictures);
});

test("a collection of an earlier version learns it when it is collected again", { timeout: 60_000 }, async () => {
  putParquet("old/a.parquet", "photo");
  const again = () => collect("old", "old-collection", "--image-column", "photo", ...labels);
  expect(await again()).toBe("");
  const record = await readCollectionRecord(at("old-collection"));
  const sources = record.sources.map(({ data, folder }) => ({ data, folder }));
  await writeCollectionRecord(at("old-collection"), { ...record, sources });
  expect(await exportTo("from-old", "old-collection")).toMatch(
    /the columns photo .*; collect again, or leave some out/,
  );
  expect(await again()).toBe("");
  const { rows } = await openCollection(at("old-collection"));
  expect(rows.length).toBe(COUNT);
  expect(await exportTo("from-old", "old-collection")).toBe("");
  expect(readBack("from-old", fromParquet())).toEqual(pictures);
});

test("images without labels keep their column, too", { timeout: 60_000 }, async () => {
  const columnData = ["photo", "mask"].map((name) => ({ name, data: [...pictures] }));
  put(root, "loose/a.parquet", new Uint8Array(parquetWriteBuffer({ columnData })));
  expect(await collect("loose", "unlabelled", "--image-column", "photo", "--unlabelled")).toBe("");
  expect(await readings("unlabelled")).toEqual([{ imageColumn: "photo" }]);
  const edit = ["collection", "relabel", at("unlabelled"), "--ids", `1-${COUNT}`, "--coarse", "c", "--fine", "f"];
  expect(await refusal(...edit)).toBe("");
  expect(await exportTo("from-unlabelled", "unlabelled")).toBe("");
  const places = pictures.map((_, i) => `c/f/a.parquet#${i}.png`);
  expect(readBack("from-unlabelled", places)).toEqual(pictures);
});

test("an image that could not be read does not keep the others from being exported", { timeout: 60_000 }, async () => {
  putParquet("bad/a.parquet", "photo", [...pictures.slice(0, -1), Buffer.from("no picture")]);
  const named = ["--image-column", "photo", ...labels];
  expect(await collect("bad", "bad-collection", "--max-bad", "1", ...named)).toBe("");
  const { extracted, bad } = await exportFolders(await openCollection(at("bad-collection")), at("from-bad"));
  expect([extracted, bad]).toEqual([COUNT - 1, []]);
  expect(readBack("from-bad", fromParquet().slice(0, -1))).toEqual(pictures.slice(0, -1));
});

test("where nothing is named, earlier versions open the collection", { timeout: 60_000 }, async () => {
  expect(await collect("data", "collection")).toBe("");
  expect(await readings("collection")).toEqual([undefined]);
  expect(readFileSync(at("collection/collection.json"), "utf8")).not.toContain("reading");
});
