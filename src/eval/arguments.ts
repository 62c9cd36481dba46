/**
 * What callers hand to the functions of this folder: taken as it is meant, or refused in one line. Programs without types
 * call them too, and most wrong values would otherwise give a result.
 */
import { fail } from "../core/index.ts";

/**
 * Classes of images, [n]: equal entries are one class. Names, or whole numbers from 0 on; -1 stands for "no label" in a
 * dataset and is refused.
 */
export type ClassLabels = ArrayLike<number> | ArrayLike<bigint> | readonly string[];

/** The number n of rows of `features` [n, dim]; `names` are those of the two arguments. */
export function countRows(features: Float32Array, dim: number, names = { where: "features", width: "dim" }): number {
  const { where, width } = names;
  checkWholeNumber(width, dim);
  if (tagOf(features) !== "Float32Array") {
    const fix = "Float32Array.from converts a flat list of numbers";
    fail("shape", { where, expected: "a Float32Array", found: describe(features), fix });
  }
  const n = features.length / dim;
  if (!Number.isInteger(n)) {
    fail("shape", { where, expected: `a multiple of ${dim} values`, found: `${features.length}` });
  }
  return n;
}

/**
 * Classes as numbers: an Int32Array as it is, of anything else each entry's place among the different ones.
 * @param least the smallest number that is a class
 */
export function classNumbers(labels: ClassLabels, where: string, least = 0): Int32Array {
  const entries: ArrayLike<unknown> = labels;
  if (!isList(entries)) fail("shape", { where, expected: "a list of classes", found: describe(entries) });
  const type = typeof entries[0];
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i];
    if (typeof entry === type && isClass(entry, least)) continue;
    const numbers = least === 0 ? "whole numbers from 0 on" : "whole numbers";
    fail("data", {
      where,
      expected: `${numbers} or names, all of one kind`,
      found: `${show(entry)} for image ${i}`,
      ...(entry === -1 && { fix: "leave out the images without a label" }),
    });
  }
  if (tagOf(entries) === "Int32Array") return entries as Int32Array;
  const places = new Map<unknown, number>();
  return Int32Array.from({ length: entries.length }, (_, i) => {
    const place = places.get(entries[i]) ?? places.size;
    places.set(entries[i], place);
    return place;
  });
}

function isClass(entry: unknown, least: number): boolean {
  if (typeof entry === "number") return Number.isSafeInteger(entry) && entry >= least;
  return typeof entry === "string" || (typeof entry === "bigint" && entry >= least);
}

/** Class numbers that a result names, so no names in their place: those of a dataset. */
export function datasetLabels(labels: Int32Array, where: string): Int32Array {
  if (tagOf(labels) !== "Int32Array") {
    const fix = "number the classes from 0 on, as openData does";
    fail("shape", { where, expected: "an Int32Array of class numbers", found: describe(labels), fix });
  }
  return classNumbers(labels, where);
}

/** Rows of `n` by number, in any order. */
export function checkedRows(rows: ArrayLike<number>, n: number, where: string): Int32Array {
  if (!isList(rows)) fail("shape", { where, expected: "a list of rows", found: describe(rows) });
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (Number.isInteger(row) && row >= 0 && row < n) continue;
    fail("config", { where, expected: `rows from 0 to ${n - 1}`, found: show(row) });
  }
  return Int32Array.from(rows);
}

export function checkLength(list: ArrayLike<unknown>, n: number, where: string): void {
  if (list.length !== n) fail("shape", { where, expected: `${n}, one an image`, found: `${list.length}` });
}

export function checkWholeNumber(where: string, value: number, least = 1, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  fail("config", { where, expected: `a whole number ${range}`, found: show(value) });
}

export function checkKs(ks: readonly number[]): void {
  const expected = "whole numbers of at least 1";
  if (!Array.isArray(ks)) fail("config", { where: "ks", expected, found: describe(ks) });
  for (const k of ks as unknown[]) {
    if (!(Number.isSafeInteger(k) && (k as number) >= 1)) fail("config", { where: "ks", expected, found: show(k) });
  }
}

/** @param bytes for lists of neighbours */
export function checkMemoryLimit(bytes: number): void {
  if (typeof bytes === "number" && bytes > 0) return;
  fail("config", { where: "memory", expected: "a number of bytes above 0", found: show(bytes) });
}

const isList = (value: unknown): boolean =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && tagOf(value) !== "DataView");

/** `Float32Array` and the like, also of another realm's. */
const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice("[object ".length, -1);

/** A value for a message: a list by its type. */
const describe = (value: unknown): string =>
  typeof value === "object" && value !== null ? `a value of type ${tagOf(value)}` : show(value);

const show = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
