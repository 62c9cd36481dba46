import { canonicalName, didYouMean, fail, firstFew, nearest } from "../../core/index.ts";
import { type CsvRow, checkWidth, csvRows, refuseTwice, separatorFix } from "../../formats/csv/index.ts";
import { readText } from "../../formats/index.ts";
import type { Dataset, LoadedData } from "../dataset.ts";
import { isNoLabel, type LabelledFile, NO_LABEL } from "./labelled.ts";

const MAX_BYTES = 64 * 2 ** 20;
/** More classes than any collection has; some 200 bytes each. */
const MAX_CLASSES = 1_000_000;

/** Which coarse class each fine class belongs to, as a file says it; names in NFC. */
export interface CoarseMap {
  readonly file: string;
  readonly entries: ReadonlyMap<string, { readonly coarse: string; readonly line: number }>;
}

/**
 * Reads a coarse map: a CSV with the columns `fine` and `coarse`, in any order, a line for each fine class.
 * @throws MaskconError "data" where a line has a wrong header, an empty field, one too many, or a class that comes twice
 */
export async function readCoarseMap(file: string): Promise<CoarseMap> {
  const rows = csvRows(await readText(file, MAX_BYTES), file, MAX_CLASSES);
  const header = (rows.next().value as CsvRow | undefined)?.fields.map((name) => name.toLowerCase()) ?? [];
  const places = { fine: header.indexOf("fine"), coarse: header.indexOf("coarse") };
  if (places.fine < 0 || places.coarse < 0) {
    const found = header.join(",").slice(0, 80) || "an empty file";
    const fix = separatorFix(header);
    fail("data", { where: `${file}, line 1`, expected: "the header fine,coarse", found, ...(fix ? { fix } : {}) });
  }
  refuseTwice(header, ["fine", "coarse"], file);
  const entries = new Map<string, { coarse: string; line: number }>();
  for (const row of rows) {
    checkWidth(row, header.length, file);
    const { line, fields } = row;
    const [fine, coarse] = [fields[places.fine]!, fields[places.coarse]!].map(canonicalName) as [string, string];
    const where = `${file}, line ${line}`;
    if (fine.trim() === "" || coarse.trim() === "")
      fail("data", { where, expected: "a fine and a coarse class", found: fields.join(",") });
    if (isNoLabel(fine) || isNoLabel(coarse))
      fail("data", { where, expected: "a fine and a coarse class", found: NO_LABEL });
    const earlier = entries.get(fine);
    if (earlier) {
      const found = `${JSON.stringify(fine)} again, after line ${earlier.line} (${earlier.coarse})`;
      fail("data", { where, expected: "each fine class once", found, fix: "remove one of the two lines" });
    }
    entries.set(fine, { coarse, line });
  }
  return { file, entries };
}

/**
 * The coarse class of every fine class of a collection.
 * @throws MaskconError "data" where map and collection do not have the same fine classes, with line and nearest name, and
 *   where fewer than two coarse classes come of it
 */
function coarseOf({ file, entries }: CoarseMap, fineClasses: readonly string[]): ReadonlyMap<string, string> {
  const known = new Set(fineClasses);
  const unknown = [...entries.keys()].filter((fine) => !known.has(fine));
  const missing = fineClasses.filter((fine) => !entries.has(fine));
  const other = unknown[0];
  if (other !== undefined) {
    const several = fineClasses.filter((name) => name.endsWith(`/${other}`));
    if (several.length > 1) {
      fail("data", {
        where: `${file}, line ${entries.get(other)!.line}`,
        expected: "one fine class of the images",
        found: `${JSON.stringify(other)}, which ${several.length} coarse classes of the images have`,
        fix: `give a line for each: ${firstFew(several, { most: 3 })}`,
      });
    }
    fail("data", {
      where: `${file}, line ${entries.get(other)!.line}`,
      expected: "a fine class of the images",
      found: `${quotedFew(unknown)}, which no image has`,
      fix: didYouMean(other, missing.length > 0 ? missing : fineClasses) ?? "remove the line",
    });
  }
  if (missing.length > 0) {
    const near = nearest(missing[0]!, entries.keys());
    fail("data", {
      where: file,
      expected: `a line for each of the ${fineClasses.length} fine classes of the images`,
      found: `none for ${quotedFew(missing)}`,
      fix: near === undefined ? "add it" : `line ${entries.get(near)!.line} has the similar ${JSON.stringify(near)}`,
    });
  }
  const classes = new Set([...entries.values()].map(({ coarse }) => coarse));
  if (classes.size < 2) {
    const found = classes.size === 0 ? "no line" : `only ${JSON.stringify([...classes][0])}`;
    fail("data", { where: file, expected: "at least two coarse classes", found });
  }
  return new Map([...entries].map(([fine, { coarse }]) => [fine, coarse]));
}

const quotedFew = (names: readonly string[]) =>
  firstFew(
    names.slice(0, 1).map((name) => JSON.stringify(name)),
    { total: names.length },
  );

/** Labelled images under a map. Where they have one label alone, it is the fine one. */
export function mapFiles(files: readonly LabelledFile[], map: CoarseMap): LabelledFile[] {
  const fineOf = (file: LabelledFile) => file.fine ?? file.coarse;
  const coarse = coarseOf(map, sorted(files.map(fineOf).filter((fine) => fine !== "")));
  return files.map((file) => {
    const fine = fineOf(file);
    return fine === "" ? file : { ...file, fine, coarse: coarse.get(fine)! };
  });
}

/** Loaded data under a map; mapping it again changes nothing. */
export function mapData(data: LoadedData, map: CoarseMap): LoadedData {
  const fineClasses = data.train.fineClasses ?? data.train.coarseClasses;
  const coarse = coarseOf(map, fineClasses);
  const coarseClasses = sorted(coarse.values());
  const places = fineClasses.map((fine) => coarseClasses.indexOf(coarse.get(fine)!));
  const mapped = (set: Dataset): Dataset => {
    const fine = set.fine ?? set.coarse;
    return { ...set, fineClasses, coarseClasses, fine, coarse: fine.map((label) => places[label]!) };
  };
  return { ...data, train: mapped(data.train), test: data.test && mapped(data.test) };
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort((a, b) => (a < b ? -1 : 1));
