import { writeFileAtomically } from "../../core/atomic-file.ts";
import { fail } from "../../core/index.ts";

/**
 * Writes a float32 matrix [rows, columns] as NumPy's .npy (format 1.0, little-endian, row-major), atomically, from
 * pieces of any number of whole rows; only one piece is in memory at a time. Where it
 * fails, an old file stays. Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 * @param file where it is written
 * @param shape of the matrix
 * @param pieces whole rows, in order
 * @param options `beforeReplace` is awaited once all is written, before an old file is replaced
 * @throws MaskconError "shape" where the pieces do not hold `rows` rows, "disk" where the file cannot be written
 */
export async function writeNpy(
  file: string,
  { rows, columns }: { rows: number; columns: number },
  pieces: Iterable<Float32Array> | AsyncIterable<Float32Array>,
  options: { beforeReplace?: () => Promise<void> } = {},
): Promise<void> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield npyHeader(rows, columns);
    let values = 0;
    for await (const piece of pieces) {
      values += piece.length;
      yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
    }
    if (values !== rows * columns) {
      fail("shape", { where: file, expected: `${rows} x ${columns} values`, found: `${values} values` });
    }
  }
  await writeFileAtomically(file, chunks(), options);
}

/** Magic, version, length, and a Python literal padded so that the data begin at a multiple of 64 bytes. */
function npyHeader(rows: number, columns: number): Uint8Array {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows}, ${columns}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length).fill(0x20);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}
