import { dirname, resolve } from "node:path";
import { fail } from "../../core/index.ts";
import { type CsvRow, csvRows } from "./csv-rows.ts";
import type { LabelledFile } from "./labelled.ts";
import { readBounded } from "./read-file.ts";

const MAX_BYTES = 200 * 2 ** 20;
const columns = ["file", "coarse", "fine", "split"] as const;
type Column = (typeof columns)[number];
type Places = Partial<Record<Column, number>>;

/**
 * The labelled images a CSV lists: columns `file` (relative to the CSV, or absolute) and `coarse`, and optionally `fine` and
 * `split` (`train` or `test`), in any order; others are passed over. A fine label is the same class wherever it is spelled alike.
 * @param labels "optional": rows may lack any label and may mix splits freely (for embedding); the coarse label is then ""
 * @throws MaskconError `data` naming the line
 */
export async function readCsv(file: string, labels: "required" | "optional" = "required"): Promise<LabelledFile[]> {
  const text = decodeText(await readBounded(file, MAX_BYTES), file);
  const rows = csvRows(text, file);
  const header = rows.next().value as CsvRow | undefined;
  const places = placesOf(header, file, labels === "required");
  const files: LabelledFile[] = [];
  for (const row of rows) files.push(fileOf(row, header!.fields.length, places, file, labels === "required"));
  if (files.length === 0) fail("data", { where: file, expected: "a row for each image", found: "none" });
  return files;
}

function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    fail("data", { where: file, expected: "text in UTF-8", found: "other bytes", fix: "save it as UTF-8" }, error);
  }
}

function placesOf(header: CsvRow | undefined, file: string, labels: boolean): Places {
  const names = header?.fields.map((name) => name.toLowerCase()) ?? [];
  const places: Places = {};
  for (const column of columns) {
    const place = names.indexOf(column);
    if (place >= 0) places[column] = place;
    if (names.indexOf(column, place + 1) > place && place >= 0) wrongHeader(file, `"${column}" twice`);
  }
  if (places.file === undefined || (labels && places.coarse === undefined)) {
    wrongHeader(file, header ? header.fields.join(",").slice(0, 80) : "an empty file");
  }
  return places;
}

function wrongHeader(file: string, found: string): never {
  fail("data", { where: `${file}, line 1`, expected: "the header file,coarse (and fine, split if known)", found });
}

function fileOf(row: CsvRow, width: number, places: Places, csv: string, labels: boolean): LabelledFile {
  const where = `${csv}, line ${row.line}`;
  if (row.fields.length !== width) {
    fail("data", { where, expected: `${width} fields, as in the header`, found: String(row.fields.length) });
  }
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

function splitOf(text: string | undefined, where: string): LabelledFile["split"] {
  if (text === undefined || text === "train" || text === "test") return text;
  return fail("data", { where, expected: 'the split "train" or "test"', found: JSON.stringify(text) });
}
