import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type Collection, editCollection, openCollection, positionOf } from "../collection/index.ts";
import { groupBy, MaskconError, random } from "../core/index.ts";
import { type DrawnPairs, drawPairs } from "./draw-pairs.ts";
import { pairsCsv, readPairs } from "./pair-lists.ts";
import { type Estimate, type PairAnswer, type PairScores, scorePairs } from "./score-pairs.ts";

const ROWS = 360;
const DRAWINGS = 200;
let collection: Collection;
let folder: string;

/** Two coarse classes of four and two fine classes; an image in five lies in a group that is not its class's, one in twelve in none. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-pairs-"));
  const rng = random(7);
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const coarse = i % 3 === 0 ? "fish" : "bird";
    return sampleRow(i + 1, { coarse, fine: `${coarse} ${rng.integer(coarse === "fish" ? 2 : 4)}` });
  });
  await writeSample(folder, [rows], { trained: 1, frozen: 1 });
  const editor = await editCollection(folder);
  const groupOf = ({ fine, coarse }: (typeof rows)[number]) =>
    rng.uniform() < 0.2 ? `${coarse} ${rng.integer(2)}` : fine!;
  const grouped = groupBy(
    rows.filter(({ id }) => id % 12 !== 0),
    groupOf,
  );
  for (const own of grouped.values()) {
    await editor.apply({ action: "assign", ids: own.map(({ id }) => id), group: "new" });
  }
  await editor.close();
  collection = await openCollection(folder);
});

afterAll(() => rmSync(folder, { recursive: true }));

const fineOf = (id: number) => collection.rows.fine.numbers[positionOf(collection.rows.ids, id)]!;
const groupOf = (id: number) => collection.rows.groups.of[positionOf(collection.rows.ids, id)]!;
const answersTo = ({ pairs }: DrawnPairs): PairAnswer[] =>
  pairs.map(({ id, other }) => (fineOf(id) === fineOf(other) ? "same" : "different"));

/** What all pairs say. */
function truth() {
  const { ids, coarse } = collection.rows;
  let [inside, across, right, missed] = [0, 0, 0, 0];
  for (let a = 0; a < ids.length; a++) {
    for (let b = 0; b < a; b++) {
      if (coarse.numbers[a] !== coarse.numbers[b]) continue;
      const group = groupOf(ids[a]!);
      const isInside = group !== 0 && group === groupOf(ids[b]!);
      const isSame = fineOf(ids[a]!) === fineOf(ids[b]!);
      inside += Number(isInside);
      across += Number(!isInside);
      right += Number(isInside && isSame);
      missed += Number(!isInside && isSame);
    }
  }
  const classes = [...groupBy(ids.keys(), (row) => coarse.numbers[row]!).values()].map((rows) => {
    const fine = [...groupBy(rows, (row) => fineOf(ids[row]!)).values()];
    return { images: rows.length, sum: fine.reduce((sum, own) => sum + (own.length / rows.length) ** 2, 0) };
  });
  const squares = classes.reduce((sum, own) => sum + own.images ** 2, 0);
  const fineClasses = squares / classes.reduce((sum, own) => sum + own.images ** 2 * own.sum, 0);
  return { inside, across, precision: right / inside, recall: right / (right + missed), fineClasses };
}

const drawn = (count: number, seed: number) => {
  const pairs = drawPairs(collection, { count, seed });
  return { pairs, scores: scorePairs(pairs, answersTo(pairs)) };
};

test("pairs lie half inside a group and half across, once each, with their weights", () => {
  const { inside, across } = truth();
  const found = drawPairs(collection, { count: 51, seed: 1 });
  expect(found).toMatchObject({ images: ROWS, inside, across });
  expect(found.pairs.filter((pair) => pair.inside)).toHaveLength(26);
  expect(new Set(found.pairs.map(({ id, other }) => [id, other].sort().join())).size).toBe(51);
  for (const { id, other, coarse, inside: isInside, weight, path } of found.pairs) {
    expect(groupOf(id) !== 0 && groupOf(id) === groupOf(other)).toBe(isInside);
    expect(collection.rows.coarse.names[collection.rows.coarse.numbers[positionOf(collection.rows.ids, id)]!]).toBe(
      coarse,
    );
    expect(weight).toBe(isInside ? inside / 26 : across / 25);
    expect(path).toBe(`${id % 3}/${id}.png`);
  }
  expect(drawPairs(collection, { count: 51, seed: 1 })).toEqual(found);
  expect(drawPairs(collection, { count: 51, seed: 2 })).not.toEqual(found);
});

test("each pair of a side is as likely as any other", () => {
  const counts = new Map<string, number>();
  const few = drawPairs(collection, { count: 10_000, seed: 0, coarse: ["fish"] });
  expect(few.pairs).toHaveLength((120 * 119) / 2);
  for (let seed = 0; seed < 120; seed++) {
    const { pairs } = drawPairs(collection, { count: 1000, seed, coarse: ["fish"] });
    for (const { id, other, inside } of pairs) {
      if (inside) counts.set(`${id} ${other}`, (counts.get(`${id} ${other}`) ?? 0) + 1);
    }
  }
  const expected = (120 * 500) / few.inside;
  expect(counts.size).toBe(few.inside);
  const chi = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // Chi-squared over the degrees of freedom; drawn without putting back it is a little below 1.
  expect(chi / few.inside).toBeLessThan(1.1);
  expect(chi / few.inside).toBeGreaterThan(0.5);
});

test("estimates are right in the mean, and their intervals hold the truth", () => {
  const known = truth();
  const scores = Array.from({ length: DRAWINGS }, (_, seed) => drawn(100, seed).scores);
  const of = (name: "precision" | "recall" | "fineClasses") => scores.map((own) => own[name]!);
  const mean = (values: readonly Estimate[]) => values.reduce((sum, { value }) => sum + value, 0) / values.length;
  expect(Math.abs(mean(of("precision")) - known.precision)).toBeLessThan(0.015);
  expect(Math.abs(mean(of("recall")) - known.recall)).toBeLessThan(0.02);
  expect(Math.abs(mean(of("fineClasses")) / known.fineClasses - 1)).toBeLessThan(0.03);
  for (const name of ["precision", "recall", "fineClasses"] as const) {
    const covered = of(name).filter(({ low, high }) => low <= known[name] && known[name] <= high);
    expect(covered.length, name).toBeGreaterThanOrEqual(0.9 * DRAWINGS);
    // Not by being wide.
    expect(of(name).every(({ low, high, value }) => low <= value && value <= high && high - low < value)).toBe(true);
  }
});

test("all pairs answered give the truth", () => {
  const known = truth();
  const all = drawPairs(collection, { count: 10_000, seed: 0, coarse: ["fish"] });
  expect(all.pairs.every(({ weight }) => weight === 1)).toBe(true);
  const { fineClasses } = scorePairs(all, answersTo(all));
  const fish = [...collection.rows.ids].filter((id) => (id - 1) % 3 === 0);
  const shares = [...groupBy(fish, fineOf).values()].map((own) => own.length / fish.length);
  expect(fineClasses.value).toBeCloseTo(1 / shares.reduce((sum, share) => sum + share ** 2, 0), 10);
  expect(known.inside).toBeGreaterThan(all.inside);
});

test("answers that are all alike still have intervals", () => {
  const pairs = drawPairs(collection, { count: 50 });
  const score = (answer: PairAnswer): PairScores =>
    scorePairs(
      pairs,
      pairs.pairs.map(() => answer),
    );
  const same = score("same");
  expect(same.precision).toMatchObject({ value: 1, high: 1 });
  expect(same.precision!.low).toBeCloseTo(25 / (25 + 1.959964 ** 2), 6);
  expect(same.fineClasses.value).toBeCloseTo(1, 10);
  const different = score("different");
  expect(different.precision).toMatchObject({ value: 0, low: 0 });
  expect(different.recall).toBeUndefined();
  expect(Number.isFinite(different.fineClasses.high)).toBe(true);
  expect(() => score("unsure")).toThrow(/expected "same" or "different" for a pair inside one group, found none/);
  expect(() => scorePairs(pairs, [])).toThrow(/expected 50 answers, one a pair, found 0/);
});

test("a filled file gives the same scores, in any order and with rows left out", () => {
  const { pairs, scores } = drawn(60, 3);
  const answers = answersTo(pairs);
  const [header, ...lines] = pairsCsv(pairs).trimEnd().split("\n");
  const word = { same: "yes", different: " NO " };
  const filled = lines.map((line, i) => `${line}${word[answers[i] as "same"]}`);
  const read = readPairs([header, ...filled.toReversed()].join("\r\n"), "a.csv", collection);
  expect(scorePairs(read.drawn, read.answers)).toEqual(scores);
  const some = readPairs([header, ...filled.slice(0, 20), `${lines[20]}?`, lines[21]].join("\n"), "a.csv", collection);
  const { inside, across, unsure } = scorePairs(some.drawn, some.answers);
  expect(inside.answered + across.answered).toBe(20);
  expect(unsure).toBe(1);
});

test("hostile files are refused in one line", () => {
  const csv = pairsCsv(drawPairs(collection, { count: 20 }));
  const [header, first, second] = csv.split("\n") as [string, string, string];
  const weight = first.split(",").at(-2)!;
  const refused = (text: string, message: RegExp) =>
    expect(() => readPairs(text, "a.csv", collection)).toThrow(message);
  refused("", /a\.csv: expected pairs, found none/);
  refused(header, /expected pairs, found none/);
  refused(header.replaceAll(",", ";"), /separate its fields by commas/);
  refused(header.replace("same", "sam"), /expected the columns .*found no same/);
  refused(`${header},id\n`, /each column once/);
  refused(`${header}\n${first}perhaps`, /line 2: expected yes, no, \? or nothing in "same", found "perhaps"/);
  refused(`${header}\n${first}__proto__`, /found "__proto__"/);
  refused(`${header}\n${first}\n${first}`, /line 3: expected each pair once/);
  refused(`${header}\n${first},,,`, /8 fields|7 fields/);
  const line = (id: string, other: string, own = weight) => `${header}\n${id},${other},a,b,c,${own},yes`;
  refused(line("1", "1"), /expected two images of one coarse class, found 1 and 1/);
  refused(line("1", "2"), /expected two images of one coarse class, found 1 and 2/);
  for (const id of ["0", "-1", "99999", "1e3", "", "9".repeat(400)]) refused(line(id, "4"), /expected ids of live/);
  for (const own of ["0", "-3", "NaN", "Infinity", "", "x"]) refused(line("1", "4", own), /expected the weight that/);
  refused(line("1", "4", "1.0000001"), /expected pairs drawn from the groups as they are/);
  refused(`${csv.replace(second, second.replace(/,[\d.]+,$/, ",7.5,"))}`, /draw again with --pairs/);
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.nat(first.length), (noise, at) => {
      try {
        readPairs(`${header}\n${first.slice(0, at)}${noise}${first.slice(at)}`, "a.csv", collection);
      } catch (error) {
        expect(error).toBeInstanceOf(MaskconError);
        expect((error as Error).message).not.toContain("\n");
      }
    }),
  );
});

test("pairs of groups that have changed since are refused", async () => {
  const csv = pairsCsv(drawPairs(collection, { count: 20 }));
  const editor = await editCollection(folder);
  await editor.apply({ action: "assign", ids: [1, 4], group: null });
  expect(() => readPairs(csv, "a.csv", editor.collection)).toThrow(/the groups as they are.*draw again/);
  await editor.undo();
  expect(readPairs(csv, "a.csv", editor.collection).answers).toHaveLength(20);
  await editor.close();
});

test("what cannot be drawn is refused", async () => {
  expect(() => drawPairs(collection, { count: 1 })).toThrow(/count: expected pairs from 2 to 10000, found 1/);
  expect(() => drawPairs(collection, { coarse: ["fisch"] })).toThrow(/expected a coarse class of the collection/);
  const bare = temporaryFolder();
  await writeSample(bare, [[sampleRow(1), sampleRow(4)]]);
  const ungrouped = await openCollection(bare);
  expect(() => drawPairs(ungrouped)).toThrow(/expected groups, found none; propose them/);
});
