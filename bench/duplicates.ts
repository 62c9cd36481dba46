/**
 * Copies that are planted among the images of a collection: precision and recall of `reviewCollection`, kind by kind. Each
 * original has one copy, in the other split. Pairs without a planted copy go into a contact sheet, to be looked at.
 *
 *     node --import tsx bench/duplicates.ts RUN COLLECTION [--each 40] [--seed 0] [--sheet pairs.png] [--keep FOLDER]
 *
 * COLLECTION was made by RUN of images that are files. It is copied, and the copies are added to that. `--keep` keeps the
 * collection with its copies in FOLDER; one that is there already is reviewed again as it is.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command } from "commander";
import sharp, { type Sharp } from "sharp";
import { type Collection, labelsAt, openCollection, positionOf, readThumbnails } from "../src/collection/index.ts";
import { permutation, type Random, random } from "../src/core/index.ts";
import { type ReviewedCopy, reviewCollection } from "../src/review/index.ts";
import { table } from "./table.ts";

const program = new Command()
  .argument("<run>")
  .argument("<collection>")
  .option("--each <n>", "copies of each kind", Number, 40)
  .option("--seed <n>", "", Number, 0)
  .option("--sheet <png>", "pairs that were not planted")
  .option("--keep <folder>", "where the collection with its copies stays")
  .parse();
interface Options {
  readonly each: number;
  readonly seed: number;
  readonly sheet?: string;
  readonly keep?: string;
}
const { each, seed, sheet, keep } = program.opts<Options>();
const [run, original] = program.args.map((path) => resolve(path)) as [string, string];

type Change = (image: Sharp, rng: Random) => Promise<Sharp> | Sharp;

/** 90 % of both sides, anywhere; smaller crops, down to the 80 % that are looked for, are not planted. */
const cropped: Change = async (image, rng) => {
  const { data, info } = await image.toBuffer({ resolveWithObject: true });
  const [width, height] = [Math.round(0.9 * info.width), Math.round(0.9 * info.height)];
  const [left, top] = [rng.integer(info.width - width + 1), rng.integer(info.height - height + 1)];
  return sharp(data).extract({ left, top, width, height });
};
const flipped: Change = (image) => image.flop();
const brightened: Change = (image, rng) => image.linear(1.15 + 0.25 * rng.uniform(), 10 * rng.uniform());
const same: Change = (image) => image;
const both =
  (first: Change, second: Change): Change =>
  async (image, rng) =>
    second(sharp(await (await first(image, rng)).png().toBuffer()), rng);

const kinds: Readonly<Record<string, Change>> = {
  "re-encoded": same,
  cropped,
  flipped,
  brightened,
  "cropped, flipped": both(cropped, flipped),
  "cropped, brightened": both(cropped, brightened),
  "flipped, brightened": both(flipped, brightened),
};

const folder = keep ?? mkdtempSync(join(tmpdir(), "maskcon-copies-"));
try {
  await bench();
} finally {
  if (!keep) rmSync(folder, { recursive: true });
}

async function bench(): Promise<void> {
  const copy = join(folder, "collection");
  const before = await openCollection(original);
  if (!existsSync(copy)) await addCopies(before, copy);
  const collection = await openCollection(copy);
  const start = performance.now();
  const { copies } = await reviewCollection(collection);
  console.log(`${collection.rows.length} images, reviewed in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  const planted = plantedOf(collection, before.rows.length);
  const others = copies.filter(({ ids }) => !ids.some((id) => planted.has(id)));
  const rows = Object.keys(kinds).map((kind) => scores(kind, copies, planted, others));
  console.log(table([["kind", "planted", "found", "recall", "false pairs", "precision"], ...rows]));
  const firstInside = copies.findIndex(({ acrossSplits }) => !acrossSplits);
  const across = copies.filter(({ acrossSplits }) => acrossSplits).length;
  console.log(`${across} pairs across splits stand first: ${firstInside === across || firstInside < 0}`);
  console.log(
    `pairs that were not planted: ${others.map(({ ids, agreement }) => `${ids.join("-")} ${agreement.toFixed(3)}`).join(", ")}`,
  );
  if (sheet)
    await writeSheet(
      collection,
      others.map(({ ids }) => ids),
      sheet,
    );
}

async function addCopies(before: Collection, copy: string): Promise<void> {
  await plant(before);
  cpSync(original, copy, { recursive: true });
  const planted = join(folder, "planted/labels.csv");
  const args = ["--import", "tsx", "src/cli/main.ts", "collect", run, planted, "--out", copy];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) throw new Error("the copies were not collected");
}

/** Writes the copies, JPEG of quality 50 to 90, and their labels. */
async function plant({ rows, record }: Collection): Promise<void> {
  mkdirSync(join(folder, "planted"), { recursive: true });
  const rng = random(seed);
  const order = permutation(rows.length, rng).filter((row) => rows.status[row] === 0 && rows.files[row] !== undefined);
  const lines = ["file,coarse,fine,split"];
  for (const [i, kind] of Object.keys(kinds).entries()) {
    for (const row of order.slice(i * each, (i + 1) * each)) {
      const file = resolve(record.sources[rows.sources[row]!]!.folder, rows.files[row]!);
      const changed = await kinds[kind]!(sharp(file), rng);
      const name = `${i}-${rows.ids[row]}.jpg`;
      await changed.jpeg({ quality: 50 + rng.integer(41) }).toFile(join(folder, "planted", name));
      const { coarse, fine, split } = labelsAt(rows, row);
      lines.push(`${name},${quoted(coarse)},${quoted(fine)},${split === "train" ? "test" : "train"}`);
    }
  }
  writeFileSync(join(folder, "planted/labels.csv"), `${lines.join("\n")}\n`);
}

function quoted(text: string | null): string {
  return `"${(text ?? "").replaceAll('"', '""')}"`;
}

interface Planted {
  readonly kind: string;
  readonly original: number;
}

function plantedOf({ rows }: Collection, first: number): ReadonlyMap<number, Planted> {
  const planted = new Map<number, Planted>();
  for (let row = first; row < rows.length; row++) {
    const [kind, id] = /(\d+)-(\d+)\.jpg$/.exec(rows.names[row]!)!.slice(1).map(Number);
    planted.set(rows.ids[row]!, { kind: Object.keys(kinds)[kind!]!, original: id! });
  }
  return planted;
}

/** A pair of a copy with what is a copy of its original by another pair is neither found nor false. */
function scores(
  kind: string,
  copies: readonly ReviewedCopy[],
  planted: ReadonlyMap<number, Planted>,
  others: readonly ReviewedCopy[],
): string[] {
  const originalOf = (id: number) => planted.get(id)?.original ?? id;
  const known = new Set(others.map(({ ids }) => ids.join()));
  let [found, wrong] = [0, 0];
  for (const { ids } of copies) {
    if (!ids.some((id) => planted.get(id)?.kind === kind)) continue;
    const [a, b] = ids.map(originalOf).sort((x, y) => x - y);
    if (a === b) found++;
    else if (!known.has(`${a},${b}`)) wrong++;
  }
  const all = [...planted.values()].filter((one) => one.kind === kind).length;
  return [kind, `${all}`, `${found}`, (found / all).toFixed(3), `${wrong}`, (found / (found + wrong)).toFixed(3)];
}

/** Pairs side by side, five in a row. */
async function writeSheet(collection: Collection, pairs: readonly (readonly [number, number])[], file: string) {
  const rowOf = (id: number) => positionOf(collection.rows.ids, id);
  const { side, tiles } = await readThumbnails(collection, pairs.flat().map(rowOf));
  const columns = 5;
  const composites = pairs.flatMap((ids, i) =>
    ids.map((id, place) => ({
      input: Buffer.from(tiles.get(rowOf(id))!),
      raw: { width: side, height: side, channels: 4 as const },
      left: (i % columns) * (2 * side + 12) + place * side,
      top: Math.floor(i / columns) * (side + 8),
    })),
  );
  const [width, height] = [columns * (2 * side + 12), Math.ceil(pairs.length / columns) * (side + 8) || 1];
  const ground = sharp({ create: { width, height, channels: 3, background: "#ffffff" } });
  await ground.composite(composites).png().toFile(file);
}
