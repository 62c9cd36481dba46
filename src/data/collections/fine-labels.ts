import { dirname, resolve } from "node:path";
import { canonicalName, fail } from "../../core/index.ts";
import { type CsvRow, checkWidth, csvRows, refuseTwice } from "../../formats/csv/index.ts";
import { readText } from "../../formats/index.ts";
import { type Dataset, idOf } from "../dataset.ts";
import { isNoLabel } from "./labelled.ts";
import { type Labels, nameClasses } from "./name-classes.ts";

const MAX_BYTES = 200 * 2 ** 20;

/** Fine labels of some of a dataset's images; those of one name in several coarse classes are several classes. */
export interface FineLabels {
  readonly classes: readonly string[];
  /** [length of the dataset], an index into `classes`; -1 where the file has no label. */
  readonly fine: Int32Array;
  readonly count: number;
  /** Rows of images that are none of the dataset's, and the first of them; undefined where there are none. */
  readonly unknown: { readonly count: number; readonly first: string } | undefined;
}

/**
 * Reads fine labels for images of `dataset` from a CSV: columns `fine` and `id` (the image's id as `maskcon embed` prints
 * it) or `file` (the id, or a path: relative to the CSV, or absolute), in any order; others are passed over, and so are rows
 * whose `fine` is empty or -1. Names are compared in NFC. Rows of other images (held out, say) are counted; where all are, it is the
 * wrong file.
 * @throws MaskconError "data" where a line is wrong, with its number
 */
export async function readFineLabels(file: string, dataset: Dataset): Promise<FineLabels> {
  const rows = csvRows(await readText(file, MAX_BYTES), file);
  const header = (rows.next().value as CsvRow | undefined)?.fields.map((name) => name.toLowerCase()) ?? [];
  const [id, path, label] = ["id", "file", "fine"].map((name) => header.indexOf(name)) as [number, number, number];
  if (label < 0 || (id < 0 && path < 0)) {
    const found = header.join(",").slice(0, 80) || "an empty file";
    fail("data", { where: `${file}, line 1`, expected: "the header id,fine (or file,fine)", found });
  }
  refuseTwice(header, ["id", "file", "fine"], file);
  const placesOf = finder(dataset);
  const classes = numbering(dataset);
  const fine = new Int32Array(dataset.length).fill(-1);
  let unknown: FineLabels["unknown"];
  for (const row of rows) {
    checkWidth(row, header.length, file);
    const { line, fields } = row;
    const where = `${file}, line ${line}`;
    const text = fields[label]!;
    if (text.trim() === "" || isNoLabel(text)) continue;
    const name = fields[id < 0 ? path : id]!;
    const own = placesOf(name) ?? placesOf(resolve(dirname(file), name));
    if (!own) {
      const first = unknown?.first ?? `line ${line}: ${JSON.stringify(name.slice(0, 200))}`;
      unknown = { count: (unknown?.count ?? 0) + 1, first };
      continue;
    }
    for (const place of own) {
      const number = classes.numberOf(place, text);
      if (fine[place]! >= 0 && fine[place] !== number) {
        fail("data", { where, expected: "one fine label an image", found: `a second one for ${idOf(dataset, place)}` });
      }
      fine[place] = number;
    }
  }
  const count = fine.reduce((sum, value) => sum + Number(value >= 0), 0);
  if (unknown && count === 0) {
    const expected = `training images of ${dataset.name}, such as ${idOf(dataset, 0)}`;
    fail("data", { where: file, expected, found: `none (${unknown.first})` });
  }
  return { classes: classes.names(), fine, count, unknown };
}

/** Numbers fine classes as they come, each within the coarse class of its images. */
function numbering({ coarse, coarseClasses }: Dataset) {
  const numbers = new Map<string, number>();
  const labels: Labels[] = [];
  return {
    numberOf(place: number, text: string): number {
      const fine = canonicalName(text);
      const key = `${coarse[place]} ${fine}`;
      const number = numbers.get(key) ?? labels.length;
      if (number === labels.length) labels.push({ coarse: coarseClasses[coarse[place]!] ?? "", fine });
      numbers.set(key, number);
      return number;
    },
    names: (): string[] => nameClasses(labels).map(({ fine }) => fine!),
  };
}

/** Finds images by their ids, and by their paths where they are files: as these are written, else in NFC. */
function finder(dataset: Dataset): (name: string) => readonly number[] | undefined {
  const exact = new Map<string, number[]>();
  const canonical = new Map<string, number[]>();
  const add = (places: Map<string, number[]>, name: string, place: number) => {
    const list = places.get(name);
    if (list && list.at(-1) !== place) list.push(place);
    else if (!list) places.set(name, [place]);
  };
  for (let place = 0; place < dataset.length; place++) {
    const names = [idOf(dataset, place)];
    if (dataset.source.kind === "files") names.push(resolve(dataset.source.files[place]!));
    for (const name of names) {
      add(exact, name, place);
      if (canonicalName(name) !== name) add(canonical, canonicalName(name), place);
    }
  }
  return (name) => exact.get(name) ?? exact.get(canonicalName(name)) ?? canonical.get(canonicalName(name));
}
