import { dirname, resolve } from "node:path";
import { fail } from "../../core/index.ts";
import { type CsvRow, checkWidth, csvRows, separatorFix } from "../../formats/csv/index.ts";
import { readText } from "../../formats/index.ts";
import type { ColumnOptions, LabelledFile } from "./labelled.ts";

const MAX_BYTES = 200 * 2 ** 20;
const columns = ["file", "coarse", "fine", "split"] as const;
type Column = (typeof columns)[number];
type Places = Partial<Record<Column, number>>;

/**
 * Which labels rows must have: `coarse`; any one (a coarse map makes the other of it, so `fine` alone will do); or none, and
 * splits may be mixed freely (for embedding). The coarse label is "" where there is none.
 */
export type RequiredLabels = "coarse" | "any" | "none";

/**
 * The labelled images a CSV lists: columns `file` (relative to the CSV, or absolute) and `coarse`, and optionally `fine` and
 * `split` (`train` or `test`), in any order; others are passed over. A fine label is the same class wherever it is spelled alike.
 * @param names what the columns `file`, `coarse` and `fine` are called in this CSV, if anything else
 * @throws MaskconError `data` naming the line
 */
export async function readCsv(
  file: string,
  labels: RequiredLabels = "coarse",
  names: ColumnOptions = {},
): Promise<LabelledFile[]> {
  const rows = csvRows(await readText(file, MAX_BYTES), file);
  const header = rows.next().value as CsvRow | undefined;
  const places = placesOf(header, file, labels, names);
  const files: LabelledFile[] = [];
  const lines = new Map<string, number>();
  for (const row of rows) {
    checkWidth(row, header!.fields.length, file);
    const image = fileOf(row, places, file, labels !== "none");
    checkOnce(image, row.line, lines, file);
    files.push(image);
  }
  const next = `${file}, line ${header!.line + 1}`;
  if (files.length === 0) fail("data", { where: next, expected: "a row for each image", found: "none" });
  return files;
}

function placesOf(header: CsvRow | undefined, file: string, labels: RequiredLabels, names: ColumnOptions): Places {
  const found = header?.fields.map((name) => name.toLowerCase()) ?? [];
  const { imageColumn = "file", coarseColumn = "coarse", fineColumn = "fine" } = names;
  const wanted = { file: imageColumn, coarse: coarseColumn, fine: fineColumn, split: "split" };
  const places: Places = {};
  for (const column of columns) {
    const name = wanted[column].toLowerCase();
    const place = found.indexOf(name);
    if (place >= 0) places[column] = place;
    if (found.indexOf(name, place + 1) > place && place >= 0) wrongHeader(file, `"${name}" twice`, wanted);
  }
  const enough = labels === "none" || places.coarse !== undefined || (labels === "any" && places.fine !== undefined);
  const asked = names.fineColumn === undefined || places.fine !== undefined;
  if (places.file === undefined || !enough || !asked) {
    const fineAlone = places.file !== undefined && places.fine !== undefined && names.coarseColumn === undefined;
    const fix = fineAlone
      ? "name the column of the coarse labels with --coarse-column, or give them with --coarse-map"
      : separatorFix(found);
    wrongHeader(file, header ? header.fields.join(",").slice(0, 80) : "an empty file", wanted, fix);
  }
  return places;
}

function wrongHeader(csv: string, found: string, { file, coarse, fine }: Record<Column, string>, fix?: string): never {
  const expected = `the header ${file},${coarse} (and ${fine}, split if known)`;
  fail("data", { where: `${csv}, line 1`, expected, found, ...(fix ? { fix } : {}) });
}

type CsvFile = LabelledFile & { readonly file: string };

function fileOf(row: CsvRow, places: Places, csv: string, labels: boolean): CsvFile {
  const where = `${csv}, line ${row.line}`;
  const value = (column: Column): string | undefined => {
    const place = places[column];
    if (place === undefined) return undefined;
    const text = row.fields[place]!;
    if (text === "" && (labels || column === "file")) {
      fail("data", { where, expected: `a value for "${column}"`, found: "an empty field" });
    }
    return text;
  };
  const id = value("file")!;
  return {
    file: resolve(dirname(csv), id),
    id,
    coarse: value("coarse") ?? "",
    fine: value("fine") || undefined,
    split: labels ? splitOf(value("split"), where) : undefined,
  };
}

/** An image that comes twice may have two labels, or be trained on and tested with. */
function checkOnce({ file, id }: CsvFile, line: number, lines: Map<string, number>, csv: string): void {
  const earlier = lines.get(file);
  if (earlier !== undefined) {
    const found = `${JSON.stringify(id)} again, after line ${earlier}`;
    const fix = "remove one of the two lines";
    fail("data", { where: `${csv}, line ${line}`, expected: "each image once", found, fix });
  }
  lines.set(file, line);
}

function splitOf(text: string | undefined, where: string): LabelledFile["split"] {
  if (text === undefined || text === "train" || text === "test") return text;
  return fail("data", { where, expected: 'the split "train" or "test"', found: JSON.stringify(text) });
}
