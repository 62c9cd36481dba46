import { fail } from "../../core/index.ts";

/** What a file may still ask for, over all its variables, so that a small hostile one cannot fill the memory. */
export interface Allowance {
  /** Arrays, numbers and characters. */
  values: number;
  /** Bytes that compressed variables unpack to. */
  unpacked: number;
}

/** The bytes of a MAT file, or those that one of its compressed variables unpacks to. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly file: string;
  /** Where in the file the compressed variable begins. */
  readonly unpackedFrom: number | undefined;
  readonly left: Allowance;
}

/** A data element: its content is `from` to `to`, the next element begins at `next`. */
export interface Element {
  readonly type: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly next: number;
}

/** Numbers of the data types, "MAT-File Format", table 1-1. */
export const INT8 = 1;
export const INT32 = 5;
export const UINT32 = 6;
export const MATRIX = 14;
export const COMPRESSED = 15;

const names: Readonly<Record<number, string>> = {
  1: "int8",
  2: "uint8",
  3: "int16",
  4: "uint16",
  5: "int32",
  6: "uint32",
  7: "single",
  9: "double",
  12: "int64",
  13: "uint64",
  14: "an array",
  15: "compressed data",
  16: "UTF-8",
  17: "UTF-16",
  18: "UTF-32",
};

export const typeName = (type: number): string => names[type] ?? `the unknown data type ${type}`;

export function refuse(source: Source, at: number, expected: string, found: string): never {
  const inside = source.unpackedFrom === undefined ? "" : ` of what byte ${source.unpackedFrom} unpacks to`;
  return fail("data", {
    where: source.file,
    expected,
    found: `${found} at byte ${at}${inside}`,
    fix: "it is damaged, or not a MATLAB 5 file of plain arrays",
  });
}

/** Takes `count` off what the file may still hold. */
export function spend(source: Source, at: number, count: number): void {
  source.left.values -= count;
  if (!(source.left.values >= 0)) refuse(source, at, "a file of labels", "more values than any has");
}

/**
 * The element at `at`, which must end by `end`. A small one has type, size and up to four bytes of content in 8 bytes; others
 * are padded to 8 bytes, save compressed ones.
 */
export function elementAt(source: Source, at: number, end: number): Element {
  if (at + 8 > end) refuse(source, at, "a data element", `only ${Math.max(0, end - at)} bytes of one`);
  const first = source.view.getUint32(at, source.littleEndian);
  const smallSize = first >>> 16;
  if (smallSize > 0) {
    if (smallSize > 4) refuse(source, at, "a small element of at most 4 bytes", `one of ${smallSize}`);
    return { type: first & 0xffff, at, from: at + 4, to: at + 4 + smallSize, next: at + 8 };
  }
  const size = source.view.getUint32(at + 4, source.littleEndian);
  const from = at + 8;
  const to = from + size;
  if (to > end) refuse(source, at, `an element that ends by byte ${end}`, `one of ${size} bytes`);
  // The last padding may be missing where nothing follows it.
  const next = first === COMPRESSED ? to : Math.min(end, at + 8 * Math.ceil((to - at) / 8));
  return { type: first, at, from, to, next };
}

/** As `elementAt`, of one type. */
export function typedElementAt(source: Source, at: number, end: number, type: number, what: string): Element {
  const element = elementAt(source, at, end);
  if (element.type !== type) refuse(source, at, `${what} (${typeName(type)})`, typeName(element.type));
  return element;
}
