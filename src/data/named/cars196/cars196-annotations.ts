import { posix } from "node:path";
import { fail } from "../../../core/index.ts";
import { readBounded } from "../../../formats/index.ts";
import { type MatFile, type MatValue, readMat } from "../../../formats/mat/index.ts";
import { isInside, withFix } from "../official-file.ts";
import { bodyTypeOfModel } from "./cars196-classes.ts";

/** The largest official file has 0.4 MB. */
export const MAX_CARS_BYTES = 2 ** 24;

export interface CarImage {
  /** As the annotation has it: `00001.jpg`, or `car_ims/000001.jpg`. */
  readonly file: string;
  /** Model, 0 to 195. */
  readonly fine: number;
  /** Only `cars_annos.mat` says it. */
  readonly test: boolean | undefined;
}

export const readCarsMat = (file: string, fix: string): Promise<MatFile> =>
  withFix(fix, async () => readMat(await readBounded(file, MAX_CARS_BYTES), file));

/** The images of `annotations`, a struct array. The boxes around the cars are not used, as in the official code. */
export function carImages(mat: MatFile, file: string, fix: string): CarImage[] {
  const list = mat.get("annotations");
  const names = list?.kind === "struct" ? (list.fields.get("fname") ?? list.fields.get("relative_im_path")) : undefined;
  if (list?.kind !== "struct" || !names) {
    return fail("data", {
      where: `${file}, entry annotations`,
      expected: '"annotations", a struct array with file names',
      found: kindOf(list),
      fix,
    });
  }
  const classes = list.fields.get("class");
  if (!classes) {
    const found = "annotations without it";
    return fail("data", { where: `${file}, entry annotations`, expected: 'the field "class"', found, fix });
  }
  const tests = list.fields.get("test");
  const places = new Map<string, number>();
  return names.map((name, i) => {
    const model = numberOf(classes[i]);
    const test = tests && numberOf(tests[i]);
    const path = lineOf(name);
    if (path === undefined || !isInside(path)) wrong(file, i, "a file name", name, fix);
    if (model === undefined || !Number.isInteger(model) || model < 1 || model > bodyTypeOfModel.length) {
      wrong(file, i, `a class from 1 to ${bodyTypeOfModel.length}`, classes[i], fix);
    }
    if (tests && test !== 0 && test !== 1) wrong(file, i, "0 or 1 for the test split", tests[i], fix);
    checkOnce(file, i, path, places, fix);
    return { file: path, fine: model - 1, test: tests && test === 1 };
  });
}

/** An image that comes twice may have two classes, or be trained on and tested with. */
function checkOnce(file: string, place: number, path: string, places: Map<string, number>, fix: string): void {
  const plain = posix.normalize(path);
  const earlier = places.get(plain);
  if (earlier !== undefined) {
    const found = `${JSON.stringify(path.slice(0, 80))} again in annotation ${place + 1}, after annotation ${earlier + 1}`;
    fail("data", { where: file, expected: "each image once", found, fix });
  }
  places.set(plain, place);
}

/** The names of the 196 models. */
export function carNames(mat: MatFile, file: string, fix: string): string[] {
  const list = mat.get("class_names");
  const names = list?.kind === "cell" ? list.items.map(lineOf) : [];
  const known = names.filter((name) => name !== undefined);
  const distinct = new Set(known).size;
  if (distinct !== bodyTypeOfModel.length || names.length !== distinct) {
    const found = list?.kind === "cell" ? `${names.length} cells with ${distinct} different names` : kindOf(list);
    const where = `${file}, entry class_names`;
    fail("data", { where, expected: `"class_names", ${bodyTypeOfModel.length} names`, found, fix });
  }
  return known;
}

/** A row of characters. */
const lineOf = (value: MatValue | undefined): string | undefined =>
  value?.kind === "text" && value.dims.length === 2 && value.dims[0] === 1 ? value.text : undefined;

const numberOf = (value: MatValue | undefined): number | undefined =>
  value?.kind === "numbers" && value.values.length === 1 ? value.values[0] : undefined;

const kindOf = (value: MatValue | undefined): string =>
  value === undefined ? "nothing of that name" : `${value.dims.join(" x ")} ${value.kind}`;

function wrong(file: string, place: number, expected: string, value: MatValue | undefined, fix: string): never {
  const found = String(numberOf(value) ?? JSON.stringify(lineOf(value)?.slice(0, 80)) ?? kindOf(value));
  return fail("data", { where: file, expected, found: `${found} in annotation ${place + 1}`, fix });
}
