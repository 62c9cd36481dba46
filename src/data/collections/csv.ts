import { dirname, resolve } from "node:path";
import { fail, hasOtherForms } from "../../core/index.ts";
import { type CsvRow, checkWidth, csvRows } from "../../formats/csv/index.ts";
import { readText, refuseUrl } from "../../formats/index.ts";
import { type CsvPlaces, csvColumns, type RequiredLabels } from "./csv-columns.ts";
import { type ColumnOptions, isNoLabel, type LabelledFile, MAX_LABEL, NO_LABEL } from "./labelled.ts";
import { pathsOnDisk } from "./on-disk.ts";
import { type SplitName, splitCalled, splitRoles, splitWords } from "./split-names.ts";

const MAX_BYTES = 200 * 2 ** 20;

/**
 * The labelled images a CSV lists: columns `file` (relative to the CSV, or absolute) and `coarse`, and optionally `fine` and
 * `split` (a word for training, test or validation), in any order; others are passed over. Beside a test split, the
 * validation split is left out.
 * @param names what the columns `file`, `coarse` and `fine` are called in this CSV, if anything else
 * @throws MaskconError "data" where a line is wrong, with its number
 */
export async function readCsv(
  file: string,
  labels: RequiredLabels = "coarse",
  names: ColumnOptions = {},
): Promise<readonly LabelledFile[]> {
  const rows = csvRows(await readText(file, MAX_BYTES), file);
  const header = rows.next().value as CsvRow | undefined;
  const places = csvColumns(header?.fields ?? [], file, labels, names);
  const onDisk = pathsOnDisk();
  const images: CsvImage[] = [];
  const lines = new Map<string, number>();
  for (const row of rows) {
    checkWidth(row, header!.fields.length, file);
    const image = imageOf(row, places, file, labels !== "none");
    const found = hasOtherForms(image.id) ? { ...image, file: await onDisk(image.file) } : image;
    checkOnce(found, row.line, lines, file);
    images.push(found);
  }
  const next = `${file}, line ${header!.line + 1}`;
  if (images.length === 0) fail("data", { where: next, expected: "a row for each image", found: "none" });
  return withRoles(images);
}

type CsvImage = Omit<LabelledFile, "split"> & { readonly file: string; readonly split: SplitName | undefined };

const hasRole = (image: CsvImage): image is CsvImage & LabelledFile => image.split !== "validation";

/** Most have no validation split: millions of images need no copies. */
function withRoles(images: readonly CsvImage[]): readonly LabelledFile[] {
  if (images.every(hasRole)) return images;
  const roleOf = splitRoles(new Set(images.map(({ split }) => split)));
  return images.flatMap((image) => {
    if (hasRole(image)) return [image];
    const split = roleOf("validation");
    return split === "aside" ? [] : [{ ...image, split }];
  });
}

function imageOf(row: CsvRow, places: CsvPlaces, csv: string, labels: boolean): CsvImage {
  const where = `${csv}, line ${row.line}`;
  const value = (column: keyof CsvPlaces): string | undefined => {
    const place = places[column];
    if (place === undefined) return undefined;
    const text = row.fields[place]!;
    if (text.trim() === "" && (labels || column === "file")) {
      fail("data", { where, expected: `a value for "${column}"`, found: "an empty field" });
    }
    return text;
  };
  const label = (column: "coarse" | "fine") => {
    const text = value(column) ?? "";
    if (isNoLabel(text)) {
      return labels ? fail("data", { where, expected: `a value for "${column}"`, found: NO_LABEL }) : "";
    }
    if (text.length <= MAX_LABEL) return text;
    const expected = `a label of at most ${MAX_LABEL} characters for "${column}"`;
    return fail("data", { where, expected, found: `${text.length}` });
  };
  const id = value("file")!;
  refuseUrl(id, where);
  return {
    file: resolve(dirname(csv), id),
    id,
    coarse: label("coarse"),
    fine: label("fine") || undefined,
    split: labels ? splitOf(value("split"), where) : undefined,
  };
}

/** An image that comes twice may have two labels, or be trained on and tested with. */
function checkOnce({ file, id }: CsvImage, line: number, lines: Map<string, number>, csv: string): void {
  const earlier = lines.get(file);
  if (earlier !== undefined) {
    const found = `${JSON.stringify(id)} again, after line ${earlier}`;
    const fix = "remove one of the two lines";
    fail("data", { where: `${csv}, line ${line}`, expected: "each image once", found, fix });
  }
  lines.set(file, line);
}

function splitOf(text: string | undefined, where: string): SplitName | undefined {
  const called = text && splitCalled(text);
  if (text === undefined || called) return called || undefined;
  return fail("data", { where, expected: `a split (${splitWords})`, found: JSON.stringify(text.slice(0, 60)) });
}
