import { type Element, refuse, type Source, spend, typeName } from "./elements.ts";

type Get = (view: DataView, at: number, littleEndian: boolean) => number;

/** Numbers by data type: bytes of one, and how it is read. */
const numeric: Readonly<Record<number, readonly [size: number, get: Get]>> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, le) => view.getInt16(at, le)],
  4: [2, (view, at, le) => view.getUint16(at, le)],
  5: [4, (view, at, le) => view.getInt32(at, le)],
  6: [4, (view, at, le) => view.getUint32(at, le)],
  7: [4, (view, at, le) => view.getFloat32(at, le)],
  9: [8, (view, at, le) => view.getFloat64(at, le)],
  12: [8, (view, at, le) => Number(view.getBigInt64(at, le))],
  13: [8, (view, at, le) => Number(view.getBigUint64(at, le))],
};

/** The `count` numbers of an element, whatever type they are stored as: MATLAB takes the smallest that holds them. */
export function numbersOf(source: Source, { type, at, from, to }: Element, count: number): number[] {
  const [size, get] = numeric[type] ?? refuse(source, at, "numbers", typeName(type));
  if (to - from !== count * size) {
    refuse(source, at, `${count} numbers of ${size} bytes`, `${to - from} bytes of them`);
  }
  spend(source, at, count);
  return Array.from({ length: count }, (_, i) => get(source.view, from + i * size, source.littleEndian));
}

/** The text of an element, of `count` UTF-16 units. */
export function textOf(source: Source, element: Element, count: number): string {
  const { at, from, to } = element;
  spend(source, at, to - from);
  const text = decode(source, element, source.bytes.subarray(from, to));
  if (text.length !== count) refuse(source, at, `a text of ${count} characters`, `one of ${text.length}`);
  return text;
}

function decode(source: Source, { type, at }: Element, bytes: Uint8Array): string {
  // Older versions of MATLAB store characters as plain bytes or 16-bit numbers.
  if (type === 1 || type === 2) return Buffer.from(bytes).toString("latin1");
  if (type === 4 || type === 17) {
    return new TextDecoder(source.littleEndian ? "utf-16le" : "utf-16be", { ignoreBOM: true }).decode(bytes);
  }
  if (type === 16) return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return refuse(source, at, "text", typeName(type));
}
