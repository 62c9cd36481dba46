import { fail } from "../../core/index.ts";

export interface NpyHeader {
  /** numpy's type code, such as `|u1` or `<i8`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Where the values begin. */
  readonly start: number;
}

/** The longest header that is read; numpy's own are 128 bytes for the arrays here. */
export const NPY_HEADER_LIMIT = 4096;

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
const dictionary = /^\{'descr': '([^']{1,16})', 'fortran_order': (False|True), 'shape': \(([0-9, ]{0,64})\), ?\} *\n?$/;

/**
 * The header of a .npy file (versions 1 to 3) of a plain array in row-major order.
 * @param bytes the first `NPY_HEADER_LIMIT` bytes, or all
 * @throws MaskconError "data" where it is wrong, with the offset
 */
export function npyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const refuse = (found: string, at: number): never =>
    fail("data", { where, expected: "a .npy array in row-major order", found: `${found} at byte ${at}` });
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (head.length < 12) refuse(`the end (${head.length} bytes)`, 0);
  if (!head.subarray(0, 6).equals(MAGIC)) refuse("no .npy signature", 0);
  const version = head[6]!;
  if (version < 1 || version > 3 || head[7] !== 0) refuse(`version ${version}.${head[7]}`, 6);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? head.readUInt16LE(8) : head.readUInt32LE(8);
  if (from + length > NPY_HEADER_LIMIT) refuse(`a header of ${length} bytes`, 8);
  if (from + length > head.length) refuse(`the end (${head.length} bytes) within the header`, from);
  const match = dictionary.exec(head.toString("latin1", from, from + length));
  if (!match) return refuse("a header of another form", from);
  if (match[2] === "True") refuse("column-major order", from);
  const shape = match[3]!.split(",").map((size) => size.trim());
  if (shape.at(-1) === "") shape.pop();
  const sizes = shape.map(Number);
  if (shape.includes("") || !sizes.every(Number.isSafeInteger)) refuse(`the shape (${match[3]})`, from);
  return { descr: match[1]!, shape: sizes, start: from + length };
}
