import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleRow, sampleRows, writeSample } from "../../test/collection-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { addPart } from "../collection/add-part.ts";
import { editCollection, openCollection } from "../collection/index.ts";
import { lockFolder } from "../core/lock.ts";
import { normalizeRows } from "../eval/index.ts";
import { mapCollection } from "./map-collection.ts";

const DIM = 8;

/** Two sorts of images: even ids point one way, odd ids another. */
const vectorsOf = (ids: readonly number[]) =>
  normalizeRows(
    Float32Array.from(
      ids.flatMap((id) => Array.from({ length: DIM }, (_, d) => (d === id % 2 ? 3 : Math.sin(id * (d + 1))))),
    ),
    DIM,
  );

const ids = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

async function sample(rows = 60) {
  const folder = join(temporaryFolder(), "c");
  const record = await writeSample(folder, [sampleRows(1, rows)], { trained: DIM, vectors: vectorsOf(ids(1, rows)) });
  return { folder, record };
}

const map = async (folder: string, options = {}) => mapCollection(await openCollection(folder), options);
const recordIn = (folder: string) => JSON.parse(readFileSync(join(folder, "map-trained.json"), "utf8"));

it("stores a map once, places new images among their like, and moves none", async () => {
  const { folder, record } = await sample();
  const made = await map(folder, { seed: 3 });
  expect(made).toMatchObject({ by: "trained", seed: 3, laid: 60, placed: 0, source: "made" });
  const bytes = readFileSync(join(folder, "map-trained.npy"));
  expect(await map(folder)).toEqual({ ...made, source: "read" });
  await addPart(folder, record, {
    ...{ rows: sampleRows(61, 80), trained: vectorsOf(ids(61, 80)), frozen: new Float32Array(20 * 4) },
  });
  const extended = await map(folder);
  expect(extended).toMatchObject({ seed: 3, laid: 60, placed: 20, source: "extended" });
  expect(extended.places.subarray(0, 120)).toEqual(made.places);
  expect(extended.places.every(Number.isFinite)).toBe(true);
  expect((await map(folder)).places).toEqual(extended.places);
  // Each new image lies nearer to the middle of its own sort.
  const middle = (odd: number) =>
    [0, 1].map((axis) =>
      ids(1, 60).reduce((sum, id) => sum + (id % 2 === odd ? made.places[2 * (id - 1) + axis]! : 0) / 30, 0),
    );
  for (const id of ids(61, 80)) {
    const [x, y] = extended.places.subarray(2 * (id - 1), 2 * id);
    const far = [0, 1].map((odd) => Math.hypot(x! - middle(odd)[0]!, y! - middle(odd)[1]!));
    expect(far[id % 2]).toBeLessThan(far[1 - (id % 2)]!);
  }
  expect(recordIn(folder)).toMatchObject({ laid: "1-60", placed: "61-80", before: { laid: "1-60", placed: "" } });
  expect(await map(folder, { anew: true })).toMatchObject({ laid: 80, placed: 0, source: "made", seed: 0 });
  expect(await map(folder, { seed: 3 })).toMatchObject({ laid: 80, source: "made", seed: 3 });
  expect(bytes.equals(readFileSync(join(folder, "map-trained.npy")))).toBe(false);
});

it("a copy of an image lies where the image lies, if nothing else is as near", async () => {
  const { folder, record } = await sample();
  const made = await map(folder);
  const rows = [sampleRow(61)];
  await addPart(folder, record, { rows, trained: vectorsOf([7]), frozen: new Float32Array(4) });
  const { places } = await map(folder);
  const nearest = ids(1, 60).sort((a, b) => far(a) - far(b));
  function far(id: number): number {
    return Math.hypot(places[120]! - made.places[2 * id - 2]!, places[121]! - made.places[2 * id - 1]!);
  }
  expect(nearest.slice(0, 15)).toContain(7);
});

it("leaves out images that are not live, and places them when they are put back", async () => {
  const { folder } = await sample();
  const editor = await editCollection(folder);
  await editor.apply({ action: "drop", ids: [2, 5] });
  const without = await mapCollection(editor.collection);
  expect(without.laid).toBe(58);
  expect([...without.places.entries()].filter(([, value]) => Number.isNaN(value)).map(([at]) => at)).toEqual([
    2, 3, 8, 9,
  ]);
  await editor.apply({ action: "restore", ids: [5] });
  await mapCollection(editor.collection);
  await editor.apply({ action: "restore", ids: [2] });
  const back = await mapCollection(editor.collection);
  await editor.close();
  expect(back).toMatchObject({ laid: 58, placed: 2 });
  expect(recordIn(folder)).toMatchObject({ laid: "1,3-4,6-60", placed: "2,5" });
  expect(back.places.every(Number.isFinite)).toBe(true);
});

it("a collection without live images has an empty map, and the first images are laid out", async () => {
  const { folder } = await sample(3);
  const editor = await editCollection(folder);
  await editor.apply({ action: "drop", ids: [1, 2, 3] });
  expect(await mapCollection(editor.collection)).toMatchObject({ laid: 0, placed: 0 });
  await editor.apply({ action: "restore", ids: [1, 3] });
  expect(await mapCollection(editor.collection)).toMatchObject({ laid: 2, placed: 0, source: "made" });
  await editor.close();
});

it("a kill between both files leaves the map before", async () => {
  const { folder, record } = await sample();
  const made = await map(folder);
  copyFileSync(join(folder, "map-trained.npy"), join(folder, "kept"));
  await addPart(folder, record, { rows: [sampleRow(61)], trained: vectorsOf([61]), frozen: new Float32Array(4) });
  const extended = await map(folder);
  // The record is written first.
  copyFileSync(join(folder, "kept"), join(folder, "map-trained.npy"));
  const again = await map(folder);
  expect(again).toEqual(extended);
  expect(again.places.subarray(0, 120)).toEqual(made.places);
});

it("makes a foreign map anew, and refuses a damaged one in one line", async () => {
  const { folder } = await sample();
  const record = join(folder, "map-trained.json");
  const places = join(folder, "map-trained.npy");
  const made = await map(folder);
  const good = recordIn(folder);
  for (const foreign of [
    { ...good, encoder: "0".repeat(64) },
    { ...good, images: "0".repeat(64) },
    { ...good, laid: "2-61" },
    { format: "maskcon-map-2" },
  ]) {
    writeFileSync(record, JSON.stringify(foreign));
    expect(await map(folder)).toEqual(made);
  }
  const text = readFileSync(record, "utf8");
  for (const [damage, message] of [
    ["{", "map-trained.json"],
    ["[]", "expected the record of a map"],
    [JSON.stringify({ ...good, laid: "1-2000000000" }), "expected ids for 60 places, found 2000000000"],
    [JSON.stringify({ ...good, laid: "60-1" }), "map-trained.json, laid"],
    [
      JSON.stringify({ ...good, sha256: "1".repeat(64) }),
      "map-trained.npy: expected values with SHA-256 1111111111111111…",
    ],
  ] as const) {
    writeFileSync(record, damage);
    await expect(map(folder)).rejects.toMatchObject({ name: "MaskconError", code: "data" });
    await expect(map(folder)).rejects.toThrow(message);
  }
  writeFileSync(record, text);
  const bytes = readFileSync(places);
  bytes[bytes.length - 1]! ^= 1;
  for (const damage of [bytes, bytes.subarray(0, 200), Buffer.alloc(0)]) {
    writeFileSync(places, damage);
    await expect(map(folder)).rejects.toMatchObject({ name: "MaskconError", code: "data" });
  }
  expect(await map(folder, { anew: true })).toEqual(made);
});

it("one process makes a map at a time, and a wrong seed is refused", async () => {
  const { folder } = await sample();
  const release = lockFolder(folder, { name: "map.lock", what: "nothing" });
  await expect(map(folder)).rejects.toMatchObject({ code: "busy" });
  release();
  await expect(map(folder, { seed: 0.5 })).rejects.toMatchObject({ code: "config" });
});

it("the command makes, extends and prints a map", async () => {
  const { folder } = await sample();
  const { code, out, err } = await runCommand(["map", folder, "--by", "frozen", "--seed", "4", "--json"]);
  expect(code, err).toBe(0);
  const printed = JSON.parse(out);
  expect(printed).toMatchObject({ by: "frozen", seed: 4, laid: 60, placed: 0, source: "made" });
  expect(printed.images.map(({ id }: { id: number }) => id)).toEqual(ids(1, 60));
  expect((await runCommand(["map", folder, "--by", "frozen"])).out).toBe(
    "map by the frozen encoder: 60 images laid out, 0 placed among them (as it was)\n",
  );
  expect((await runCommand(["map", folder, "--seed", "x"])).err).toContain("--seed: expected a number");
});
