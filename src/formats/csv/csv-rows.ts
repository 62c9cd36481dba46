import { fail } from "../../core/index.ts";

/**
 * A row of a CSV of images takes 570 bytes of heap as a labelled file (measured with paths of 60 characters: the object, its
 * strings, the absolute path, a place in a map, the text), and some 150 more as it is looked at: 1.4 GiB for these, where
 * Node's heap may end at 2 GiB.
 */
const MAX_ROWS = 2_000_000;
/** A row or a field of the whole text would be many times as large in memory. */
const MAX_FIELDS = 2 ** 16;
const MAX_FIELD = 2 ** 20;

export interface CsvRow {
  /** Where the row begins; the first line is 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

interface Reader {
  readonly text: string;
  readonly file: string;
  at: number;
  line: number;
}

/**
 * Splits CSV text (RFC 4180: quoted fields may hold commas, line ends and doubled quotes; LF or CRLF; a BOM is passed over)
 * into rows. Empty lines are left out; unquoted fields lose surrounding blanks.
 * @param maxRows how many may follow the header
 * @throws MaskconError "data" where a quote is unfinished or misplaced, or something is too much, with the line
 */
export function* csvRows(text: string, file: string, maxRows = MAX_ROWS): Generator<CsvRow> {
  const reader = { text, file, at: text.charCodeAt(0) === 0xfeff ? 1 : 0, line: 1 };
  let count = 0;
  while (reader.at < text.length) {
    const row = readRow(reader);
    if (row.fields.length === 1 && row.fields[0] === "") continue;
    if (count++ > maxRows) tooMuch(reader, row.line, `at most ${maxRows} rows after the header`);
    yield row;
  }
}

/** @throws MaskconError "data" where a row has not `count` fields, as many as the header, with its line */
export function checkWidth({ line, fields }: CsvRow, count: number, file: string): void {
  if (fields.length === count) return;
  const expected = `${count} fields, as in the header`;
  fail("data", { where: `${file}, line ${line}`, expected, found: String(fields.length) });
}

/** @throws MaskconError "data" where a header has one of `columns` twice: either could be meant */
export function refuseTwice(header: readonly string[], columns: readonly string[], file: string): void {
  const twice = columns.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice === undefined) return;
  fail("data", { where: `${file}, line 1`, expected: "each column once", found: `"${twice}" twice` });
}

/** What to do about a header whose fields are separated otherwise; undefined where that is not what is wrong. */
export function separatorFix([only = "", ...others]: readonly string[]): string | undefined {
  const by = only.includes(";") ? "semicolons" : only.includes("\t") ? "tabs" : undefined;
  return by && others.length === 0 ? `separate its fields by commas, not by ${by}` : undefined;
}

function readRow(r: Reader): CsvRow {
  const line = r.line;
  const fields = [readField(r)];
  while (r.text[r.at] === ",") {
    r.at++;
    if (fields.length === MAX_FIELDS) tooMuch(r, line, `at most ${MAX_FIELDS} fields in a row`);
    fields.push(readField(r));
  }
  if (r.text[r.at] === "\r") r.at++;
  if (r.text[r.at] === "\n") r.at++;
  r.line++;
  return { line, fields };
}

const plain = /[^,"\r\n]*/y;

/** Leaves the reader at a comma, a line end or the end of the text. */
function readField(r: Reader): string {
  const before = readPlain(r);
  if (r.text[r.at] !== '"') return before.trim();
  if (before.trim() !== "") misplaced(r);
  const value = readQuoted(r);
  if (readPlain(r).trim() !== "" || r.text[r.at] === '"') misplaced(r);
  return value;
}

function readPlain(r: Reader): string {
  plain.lastIndex = r.at;
  const text = plain.exec(r.text)![0];
  r.at += text.length;
  return text;
}

function readQuoted(r: Reader): string {
  const [start, from] = [r.line, r.at];
  let value = "";
  for (;;) {
    const end = r.text.indexOf('"', r.at + 1);
    if (end < 0) misplaced({ ...r, line: start });
    if (end - from > MAX_FIELD) tooMuch(r, start, `quoted fields of at most ${MAX_FIELD} characters`);
    const part = r.text.slice(r.at + 1, end);
    value += part;
    r.line += part.match(/\r\n|\r|\n/g)?.length ?? 0;
    r.at = end + 1;
    if (r.text[r.at] !== '"') return value;
    value += '"';
  }
}

function tooMuch({ file }: Reader, line: number, expected: string): never {
  fail("data", { where: `${file}, line ${line}`, expected, found: "more" });
}

function misplaced({ file, line, text, at }: Reader): never {
  fail("data", {
    where: `${file}, line ${line}`,
    expected: 'fields either plain or wholly in "quotes", with a quote inside doubled',
    found: text.slice(Math.max(0, at - 20), at + 20),
  });
}
