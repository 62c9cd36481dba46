import { fail } from "../../core/index.ts";
import { type ByteRanges, withRanges } from "../byte-ranges.ts";
import { NPY_HEADER_LIMIT, npyHeader } from "./npy-header.ts";

const PIECE_BYTES = 2 ** 24;

/** A float32 array in a .npy file. */
interface NpyArray {
  readonly shape: readonly number[];
  /** Bytes of the file before the values, and of all. */
  readonly start: number;
  readonly size: number;
}

/**
 * What a .npy file of float32 values measures; its size fits.
 * @throws MaskconError "data" where it is another file, or cut short
 */
export const npyArray = (file: string): Promise<NpyArray> => withRanges(file, arrayIn);

/**
 * The values of such a file, a piece in memory at a time.
 * @throws MaskconError "data" where it cannot be read
 */
export async function* npyValues(file: string, { start, size }: NpyArray): AsyncGenerator<Float32Array> {
  for (let at = start; at < size; at += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, size - at);
    const bytes = await withRanges(file, (ranges) => ranges.read(at, length));
    yield new Float32Array(bytes.buffer);
  }
}

async function arrayIn({ file, size, read }: ByteRanges): Promise<NpyArray> {
  const { descr, shape, start } = npyHeader(await read(0, Math.min(NPY_HEADER_LIMIT, size)), file);
  if (descr !== "<f4") fail("data", { where: file, expected: "values of float32 (<f4)", found: descr });
  const bytes = start + shape.reduce((product, n) => product * n, 4);
  if (bytes !== size) {
    const expected = `${bytes} bytes for the shape (${shape.join(", ")})`;
    fail("data", { where: file, expected, found: `${size} bytes` });
  }
  return { shape, start, size };
}
