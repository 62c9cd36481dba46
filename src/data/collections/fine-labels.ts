import { dirname, resolve } from "node:path";
import { fail } from "../../core/index.ts";
import { type CsvRow, checkWidth, csvRows } from "../../formats/csv/index.ts";
import { readText } from "../../formats/index.ts";
import { type Dataset, idOf } from "../dataset.ts";

const MAX_BYTES = 200 * 2 ** 20;

/** Fine labels of some of a dataset's images. */
export interface FineLabels {
  readonly classes: readonly string[];
  /** [length of the dataset], an index into `classes`; -1 where the file has no label. */
  readonly fine: Int32Array;
  readonly count: number;
  /** Rows of images that are none of the dataset's, and the first of them; undefined where there are none. */
  readonly strangers: { readonly count: number; readonly first: string } | undefined;
}

/**
 * Reads fine labels for images of `dataset` from a CSV: columns `fine` and `id` (the image's id as `maskcon embed` prints
 * it) or `file` (the id, or a path: relative to the CSV, or absolute), in any order; others are passed over, and so are rows
 * with an empty `fine`. Rows of other images (held out, say) are counted; where all are, it is the wrong file.
 * @throws MaskconError `data` naming the line
 */
export async function readFineLabels(file: string, dataset: Dataset): Promise<FineLabels> {
  const rows = csvRows(await readText(file, MAX_BYTES), file);
  const header = (rows.next().value as CsvRow | undefined)?.fields.map((name) => name.toLowerCase()) ?? [];
  const [id, path, label] = ["id", "file", "fine"].map((name) => header.indexOf(name)) as [number, number, number];
  if (label < 0 || (id < 0 && path < 0)) {
    const found = header.join(",").slice(0, 80) || "an empty file";
    fail("data", { where: `${file}, line 1`, expected: "the header id,fine (or file,fine)", found });
  }
  const places = placesByName(dataset);
  const numbers = new Map<string, number>();
  const fine = new Int32Array(dataset.length).fill(-1);
  let strangers: FineLabels["strangers"];
  for (const row of rows) {
    checkWidth(row, header.length, file);
    const { line, fields } = row;
    const where = `${file}, line ${line}`;
    if (fields[label] === "") continue;
    const name = fields[id < 0 ? path : id]!;
    const own = places.get(name) ?? places.get(resolve(dirname(file), name));
    if (!own) {
      const first = strangers?.first ?? `line ${line}: ${JSON.stringify(name.slice(0, 200))}`;
      strangers = { count: (strangers?.count ?? 0) + 1, first };
      continue;
    }
    const number = numbers.get(fields[label]!) ?? numbers.size;
    numbers.set(fields[label]!, number);
    for (const place of own) {
      if (fine[place]! >= 0 && fine[place] !== number) {
        fail("data", { where, expected: "one fine label an image", found: `a second one for ${idOf(dataset, place)}` });
      }
      fine[place] = number;
    }
  }
  if (strangers && numbers.size === 0) {
    const expected = `training images of ${dataset.name}, such as ${idOf(dataset, 0)}`;
    fail("data", { where: file, expected, found: `none (${strangers.first})` });
  }
  const count = fine.reduce((sum, value) => sum + Number(value >= 0), 0);
  return { classes: [...numbers.keys()], fine, count, strangers };
}

/** Every image by its id, and by its path where it is a file. */
function placesByName(dataset: Dataset): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const add = (name: string, place: number) => {
    const list = places.get(name);
    if (list && list.at(-1) !== place) list.push(place);
    else if (!list) places.set(name, [place]);
  };
  for (let place = 0; place < dataset.length; place++) {
    add(idOf(dataset, place), place);
    if (dataset.source.kind === "files") add(resolve(dataset.source.files[place]!), place);
  }
  return places;
}
