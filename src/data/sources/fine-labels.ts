import { dirname, resolve } from "node:path";
import { fail } from "../../core/index.ts";
import { type Dataset, idOf } from "../dataset.ts";
import { type CsvRow, checkWidth, csvRows } from "./csv-rows.ts";
import { readText } from "./read-file.ts";

const MAX_BYTES = 200 * 2 ** 20;

/** Fine labels of some of a dataset's images. */
export interface FineLabels {
  readonly classes: readonly string[];
  /** [length of the dataset], an index into `classes`; -1 where the file has no label. */
  readonly fine: Int32Array;
  readonly count: number;
}

/**
 * Reads fine labels for images of `dataset` from a CSV: columns `fine` and `id` (the image's id as `maskcon embed` prints
 * it) or `file` (the id, or a path: relative to the CSV, or absolute), in any order; others are passed over, and so are rows
 * with an empty `fine`.
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
  for (const row of rows) {
    checkWidth(row, header.length, file);
    const { line, fields } = row;
    const where = `${file}, line ${line}`;
    if (fields[label] === "") continue;
    const number = numbers.get(fields[label]!) ?? numbers.size;
    numbers.set(fields[label]!, number);
    for (const place of placesOf(fields[id < 0 ? path : id]!, { places, file, where, dataset })) {
      if (fine[place]! >= 0 && fine[place] !== number) {
        fail("data", { where, expected: "one fine label an image", found: `a second one for ${idOf(dataset, place)}` });
      }
      fine[place] = number;
    }
  }
  return { classes: [...numbers.keys()], fine, count: fine.reduce((sum, value) => sum + Number(value >= 0), 0) };
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

function placesOf(
  name: string,
  o: { places: ReadonlyMap<string, number[]>; file: string; where: string; dataset: Dataset },
): readonly number[] {
  const found = o.places.get(name) ?? o.places.get(resolve(dirname(o.file), name));
  if (found) return found;
  return fail("data", {
    where: o.where,
    expected: `a training image of ${o.dataset.name}, such as ${idOf(o.dataset, 0)}`,
    found: name === "" ? "an empty field" : JSON.stringify(name.slice(0, 200)),
  });
}
