import { fail } from "../../../core/index.ts";
import { NdArray, type PickleDict, type PickleValue, readPickle } from "../../../formats/pickle/index.ts";
import { IMAGE_BYTES } from "../planar.ts";

/** @param file where the bytes come from, for messages */
export function dictOf(bytes: Uint8Array, file: string): PickleDict {
  const value = readPickle(bytes, file);
  return value instanceof Map ? value : wrong(`${file}, byte 0`, "a dict", value);
}

/** The images of a batch: [n, 3072] bytes, planar. */
export function imagesOf(dict: PickleDict, file: string): { count: number; bytes: Uint8Array } {
  const array = imageArray(dict.get("data"), file);
  if (!(array.bytes instanceof Uint8Array)) throw new TypeError("a batch of CIFAR is read whole");
  return { count: array.shape[0]!, bytes: array.bytes };
}

/** The array of images [n, 3072], wherever its content is. */
export function imageArray(data: PickleValue | undefined, file: string): NdArray {
  if (data instanceof NdArray && data.code === "u1" && data.shape.length === 2 && data.shape[1] === IMAGE_BYTES) {
    if (data.shape[0]) return data;
  }
  return wrong(entryOf(file, "data"), `"data", an array of n x ${IMAGE_BYTES} bytes`, data);
}

/** A list of `count` whole numbers below `classes`. */
export function labelsOf(dict: PickleDict, key: string, count: number, classes: number, file: string): Int32Array {
  const list = dict.get(key);
  const where = entryOf(file, key);
  if (!Array.isArray(list) || list.length !== count) wrong(where, `"${key}", a list of ${count} labels`, list);
  return Int32Array.from(list, (label) =>
    Number.isInteger(label) && Number(label) >= 0 && Number(label) < classes
      ? Number(label)
      : wrong(where, `labels from 0 to ${classes - 1} in "${key}"`, label),
  );
}

/** A list of strings; `count` of them, if given. */
export function namesOf(dict: PickleDict, key: string, count: number | undefined, file: string): string[] {
  const list = dict.get(key);
  const where = entryOf(file, key);
  if (!Array.isArray(list) || (count !== undefined && list.length !== count)) {
    wrong(where, `"${key}", a list of ${count ?? "class"} names`, list);
  }
  return list.map((name) => (typeof name === "string" ? name : wrong(where, `names in "${key}"`, name)));
}

/** A key of the dict that a file holds, for messages. */
export const entryOf = (file: string, key: string): string => `${file}, entry "${key}"`;

export function wrong(where: string, expected: string, value: PickleValue | undefined): never {
  const found = value === undefined ? "nothing" : Array.isArray(value) ? `a list of ${value.length}` : describe(value);
  return fail("data", { where, expected, found });
}

function describe(value: Exclude<PickleValue, PickleValue[]>): string {
  if (value instanceof NdArray)
    return `an array of ${value.shape.join(" x ")} ${value.code === "u1" ? "bytes" : "doubles"}`;
  return typeof value === "object" ? "something else" : JSON.stringify(value);
}
