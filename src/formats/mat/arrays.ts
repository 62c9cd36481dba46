import { numbersOf, textOf } from "./contents.ts";
import { elementAt, INT8, INT32, MATRIX, refuse, type Source, spend, typedElementAt, UINT32 } from "./elements.ts";
import type { MatValue } from "./values.ts";

/** Deeper than any label file, and shallow enough for the stack. */
const MAX_DEPTH = 16;
const MAX_DIMS = 8;

const CELL = 1;
const STRUCT = 2;
const CHAR = 4;
/** double, single, and the integers of 8 to 64 bits. */
const numberClasses = [6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const refused: Readonly<Record<number, string>> = {
  3: "an object",
  5: "a sparse array",
  16: "a function",
  17: "an opaque object",
};
const COMPLEX = 0x800;

const empty: MatValue = { kind: "numbers", dims: [0, 0], values: [] };

/** An array under way: the next element, where the array ends, and what its header says. */
interface Header {
  readonly at: number;
  next: number;
  readonly end: number;
  readonly depth: number;
  readonly dims: readonly number[];
  /** Product of `dims`. */
  readonly count: number;
}

/** Reads the array (a "miMATRIX" element) at `at`. `next`: where the element after it begins. */
export function readArray(
  source: Source,
  at: number,
  end: number,
  depth: number,
): { name: string; value: MatValue; next: number } {
  const element = typedElementAt(source, at, end, MATRIX, "an array");
  spend(source, at, 1);
  if (depth > MAX_DEPTH) refuse(source, at, `arrays nested at most ${MAX_DEPTH} deep`, "a deeper one");
  // MATLAB's shorthand for [].
  if (element.to === element.from) return { name: "", value: empty, next: element.next };
  const flags = typedElementAt(source, element.from, element.to, UINT32, "array flags");
  const [flagWord] = numbersOf(source, flags, 2);
  const kind = flagWord! & 0xff;
  if (flagWord! & COMPLEX) refuse(source, flags.at, "real numbers", "complex ones");
  const shape = typedElementAt(source, flags.next, element.to, INT32, "dimensions");
  const dims = dimensions(source, shape.at, numbersOf(source, shape, Math.floor((shape.to - shape.from) / 4)));
  const label = typedElementAt(source, shape.next, element.to, INT8, "a name");
  const name = textOf(source, label, label.to - label.from);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const header = { at, next: label.next, end: element.to, depth, dims, count };
  const value = contentOf(source, kind, header, flags.at);
  if (header.end - header.next >= 8) {
    refuse(
      source,
      header.next,
      `the end of the array that begins at byte ${at}`,
      `${header.end - header.next} bytes more`,
    );
  }
  return { name, value, next: element.next };
}

function dimensions(source: Source, at: number, dims: number[]): number[] {
  if (dims.length < 2 || dims.length > MAX_DIMS || dims.some((dim) => dim < 0)) {
    refuse(source, at, `2 to ${MAX_DIMS} dimensions`, dims.slice(0, MAX_DIMS + 1).join(" x ") || "none");
  }
  return dims;
}

function contentOf(source: Source, kind: number, header: Header, at: number): MatValue {
  const { dims, count } = header;
  if (kind === CELL) return { kind: "cell", dims, items: arraysOf(source, header, count) };
  if (kind === STRUCT) return structOf(source, header);
  if (kind !== CHAR && !numberClasses.includes(kind)) {
    refuse(source, at, "numbers, text, a cell array or a struct", refused[kind] ?? `the unknown array class ${kind}`);
  }
  const element = elementAt(source, header.next, header.end);
  header.next = element.next;
  if (kind === CHAR) return { kind: "text", dims, text: textOf(source, element, count) };
  return { kind: "numbers", dims, values: numbersOf(source, element, count) };
}

/** The next `count` arrays. */
function arraysOf(source: Source, header: Header, count: number): MatValue[] {
  // Each takes 8 bytes at the least: an absurd count is refused before anything is reserved for it.
  const most = Math.floor((header.end - header.next) / 8);
  if (count > most)
    refuse(source, header.at, `an array of at most ${most} others, as its size allows`, `one of ${count}`);
  const items: MatValue[] = [];
  for (let i = 0; i < count; i++) {
    const { value, next } = readArray(source, header.next, header.end, header.depth + 1);
    items.push(value);
    header.next = next;
  }
  return items;
}

function structOf(source: Source, header: Header): MatValue {
  const names = fieldNames(source, header);
  const values = arraysOf(source, header, header.count * names.length);
  const length = header.count;
  const column = (field: number) => Array.from({ length }, (_, i) => values[i * names.length + field]!);
  return { kind: "struct", dims: header.dims, length, fields: new Map(names.map((name, i) => [name, column(i)])) };
}

/** Field names: their common length, then all of them, each padded with zeros. */
function fieldNames(source: Source, header: Header): string[] {
  const sized = typedElementAt(source, header.next, header.end, INT32, "the length of field names");
  const [length] = numbersOf(source, sized, 1);
  const list = typedElementAt(source, sized.next, header.end, INT8, "field names");
  header.next = list.next;
  const text = textOf(source, list, list.to - list.from);
  if (!(length! > 0) || text.length % length! !== 0) {
    refuse(source, sized.at, `field names whose lengths make up ${text.length} bytes`, `a length of ${length}`);
  }
  return Array.from({ length: text.length / length! }, (_, i) => {
    return text.slice(i * length!, (i + 1) * length!).split("\0")[0]!;
  });
}
