import { inflateSync } from "node:zlib";
import { fail, messageOf } from "../../core/index.ts";
import { readArray } from "./arrays.ts";
import { type Allowance, COMPRESSED, elementAt, MATRIX, refuse, type Source, typeName } from "./elements.ts";
import type { MatFile, MatValue } from "./values.ts";

const HEADER = 128;
/** The official label files have one or two. */
const MAX_VARIABLES = 64;
/** Cars196's largest file unpacks to 6.7 MB and holds a million values. */
const allowance = { values: 4_000_000, unpacked: 2 ** 25 };

/**
 * Reads a MATLAB 5 file (MATLAB's `-v6` and `-v7`): numbers, text, cell arrays and structs, of either byte order, compressed
 * or not. Source: MathWorks, "MAT-File Format".
 * @param file for messages
 * @throws MaskconError "data" where there is anything else, with the offset: truncation, other classes, wrong sizes, too much
 */
export function readMat(bytes: Uint8Array, file: string): MatFile {
  const littleEndian = byteOrder(bytes, file);
  const source = sourceOf(bytes, littleEndian, file, undefined, { ...allowance });
  const variables = new Map<string, MatValue>();
  for (let at = HEADER, count = 0; at < bytes.length; count++) {
    const element = elementAt(source, at, bytes.length);
    if (count === MAX_VARIABLES) refuse(source, at, `at most ${MAX_VARIABLES} variables`, "another one");
    if (element.type === COMPRESSED) {
      const inner = unpack(source, element.from, element.to);
      const { name, value } = readArray(inner, 0, inner.bytes.length, 0);
      variables.set(name, value);
    } else if (element.type === MATRIX) {
      const { name, value } = readArray(source, at, bytes.length, 0);
      variables.set(name, value);
    } else refuse(source, at, "a variable", typeName(element.type));
    at = element.next;
  }
  return variables;
}

/** Whether the file is little-endian, from its header. */
function byteOrder(bytes: Uint8Array, file: string): boolean {
  const [a, b, c, d] = bytes.subarray(124, HEADER);
  if (a === 0 && b === 1 && c === 0x49 && d === 0x4d) return true;
  if (a === 1 && b === 0 && c === 0x4d && d === 0x49) return false;
  const start = Buffer.from(bytes.subarray(0, 10)).toString("latin1");
  const hdf5 = start === "MATLAB 7.3" || start.startsWith("\x89HDF");
  return fail("data", {
    where: file,
    expected: "the header of a MATLAB 5 file in bytes 0 to 127",
    found: hdf5 ? "MATLAB 7.3 (HDF5)" : bytes.length < HEADER ? `only ${bytes.length} bytes` : "another one",
    fix: hdf5 ? "save it in MATLAB with -v7" : "it is damaged, or another file",
  });
}

function sourceOf(
  bytes: Uint8Array,
  littleEndian: boolean,
  file: string,
  unpackedFrom: number | undefined,
  left: Allowance,
): Source {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, littleEndian, file, unpackedFrom, left };
}

function unpack(source: Source, from: number, to: number): Source {
  const at = from - 8;
  const bytes = inflate(source, at, from, to);
  source.left.unpacked -= bytes.length;
  return sourceOf(bytes, source.littleEndian, source.file, at, source.left);
}

function inflate(source: Source, at: number, from: number, to: number): Uint8Array {
  try {
    // Zero would mean no limit.
    return inflateSync(source.bytes.subarray(from, to), { maxOutputLength: Math.max(1, source.left.unpacked) });
  } catch (error) {
    const tooLong = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    const limit = `variables that unpack to at most ${allowance.unpacked} bytes`;
    return refuse(source, at, tooLong ? limit : "zlib data", tooLong ? "longer ones" : messageOf(error));
  }
}
