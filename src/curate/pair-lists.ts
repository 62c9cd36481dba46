import { type Collection, positionOf } from "../collection/index.ts";
import { fail, firstFew } from "../core/index.ts";
import { type CsvRow, checkWidth, csvRows, refuseTwice, separatorFix } from "../formats/csv/index.ts";
import type { DrawnPair, DrawnPairs, PairOptions } from "./draw-pairs.ts";
import { csvField } from "./group-lists.ts";
import { pairSpace } from "./pair-space.ts";
import type { PairAnswer } from "./score-pairs.ts";

const columns = ["id", "other_id", "path", "other_path", "coarse", "weight", "same"] as const;
const needed = ["id", "other_id", "weight", "same"] as const;

const words: Readonly<Record<string, PairAnswer>> = {
  ...{ yes: "same", y: "same", no: "different", n: "different", "?": "unsure", "": undefined },
};

const MOST_ROWS = 10_000;
/** A spreadsheet keeps 15 digits. */
const TOLERANCE = 1e-9;

/**
 * Pairs as CSV, to be filled in: `same` is empty. Texts stand in quotes and are unchanged, as in `groupsCsv`. No
 * column says whether a pair lies inside a group, so that it cannot sway an answer.
 * @param drawn as `drawPairs` gives them
 */
export function pairsCsv({ pairs }: DrawnPairs): string {
  const lines = pairs.map(({ id, other, path, otherPath, coarse, weight }) => {
    const texts = [path, otherPath, coarse ?? undefined].map(csvField);
    return [id, other, ...texts, weight, ""].join(",");
  });
  return `${[columns.join(","), ...lines].join("\n")}\n`;
}

/**
 * Reads pairs back that somebody has filled in: `same` is yes, no, `?` (cannot say) or empty. Rows may be in another order, or
 * left out.
 * @param text of the CSV
 * @param file its name in messages
 * @param collection that the pairs were drawn from
 * @param options `coarse` as it was given to `drawPairs`
 * @throws MaskconError "data" where it is no such file, has a pair twice, an answer that is none of these, or an image that is
 * not there; and where the groups are not those that the pairs were drawn from
 */
export function readPairs(
  text: string,
  file: string,
  collection: Collection,
  { coarse }: Pick<PairOptions, "coarse"> = {},
): { readonly drawn: DrawnPairs; readonly answers: readonly PairAnswer[] } {
  const { images, pairs: totals } = pairSpace(collection, coarse);
  const pairs: DrawnPair[] = [];
  const answers: PairAnswer[] = [];
  const seen = new Set<string>();
  for (const row of answerRows(text, file)) {
    const pair = pairOf(row, collection);
    const key = [pair.id, pair.other].sort((a, b) => a - b).join(" ");
    if (seen.has(key)) fail("data", { where: row.where, expected: "each pair once", found: `${key} again` });
    seen.add(key);
    pairs.push(pair);
    answers.push(answerOf(row));
  }
  if (pairs.length === 0) fail("data", { where: file, expected: "pairs", found: "none" });
  for (const inside of [true, false]) {
    checkWeights(
      pairs.filter((pair) => pair.inside === inside),
      inside ? totals.inside : totals.across,
      file,
    );
  }
  return { drawn: { images, ...totals, pairs }, answers };
}

interface AnswerRow extends Readonly<Record<(typeof needed)[number], string>> {
  readonly where: string;
}

function* answerRows(text: string, file: string): Generator<AnswerRow> {
  let header: readonly string[] | undefined;
  for (const row of csvRows(text, file, MOST_ROWS)) {
    if (!header) {
      header = headerOf(row, file);
      continue;
    }
    checkWidth(row, header.length, file);
    const [id, other, weight, same] = needed.map((name) => row.fields[header!.indexOf(name)]!);
    yield { where: `${file}, line ${row.line}`, id: id!, other_id: other!, weight: weight!, same: same! };
  }
}

function headerOf({ fields, line }: CsvRow, file: string): readonly string[] {
  refuseTwice(fields, needed, file);
  const missing = needed.filter((name) => !fields.includes(name));
  if (missing.length === 0) return fields;
  const [where, expected] = [`${file}, line ${line}`, `the columns ${needed.join(", ")}`];
  return fail("data", { where, expected, found: `no ${missing.join(", ")}`, fix: separatorFix(fields) });
}

function answerOf({ same, where }: AnswerRow): PairAnswer {
  const word = same.trim().toLowerCase();
  if (Object.hasOwn(words, word)) return words[word];
  return fail("data", { where, expected: 'yes, no, ? or nothing in "same"', found: JSON.stringify(same.slice(0, 40)) });
}

function pairOf({ id, other_id, weight, where }: AnswerRow, { rows }: Collection): DrawnPair {
  const [a, b] = [id, other_id].map((text) => {
    const row = /^\d{1,10}$/.test(text) ? positionOf(rows.ids, Number(text)) : -1;
    if (row >= 0 && rows.status[row] === 0) return row;
    return fail("data", { where, expected: "ids of live images", found: JSON.stringify(text.slice(0, 40)) });
  }) as [number, number];
  const [own, others] = [rows.coarse.numbers[a]!, rows.coarse.numbers[b]!];
  if (a === b || own !== others) {
    fail("data", { where, expected: "two images of one coarse class", found: `${id} and ${other_id}` });
  }
  if (!(Number(weight) >= 1 && Number.isFinite(Number(weight)))) {
    fail("data", { where, expected: "the weight that was written", found: JSON.stringify(weight.slice(0, 40)) });
  }
  const [group, otherGroup] = [rows.groups.of[a]!, rows.groups.of[b]!];
  return {
    ...{ id: rows.ids[a]!, other: rows.ids[b]!, path: rows.names[a]!, otherPath: rows.names[b]! },
    ...{ coarse: rows.coarse.names[own] ?? null, inside: group !== 0 && group === otherGroup, weight: Number(weight) },
  };
}

/** All pairs of a side were drawn with one probability, from as many as there are now: else the groups are others. */
function checkWeights(pairs: readonly DrawnPair[], total: number, file: string): void {
  const weights = [...new Set(pairs.map(({ weight }) => weight))];
  const drawn = total / (weights[0] ?? total);
  const isWhole = Math.abs(drawn - Math.round(drawn)) <= TOLERANCE * drawn;
  if (pairs.length === 0 || (weights.length === 1 && isWhole && Math.round(drawn) >= pairs.length)) return;
  const [expected, found] = [
    "pairs drawn from the groups as they are",
    `weights ${firstFew(weights.map(String))} for ${total} pairs`,
  ];
  const fix = "draw again with --pairs; give the same --coarse to --pairs and --answers";
  fail("data", { where: file, expected, found, fix });
}
