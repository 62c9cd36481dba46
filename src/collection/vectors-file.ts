import { fail } from "../core/index.ts";
import { digestOf } from "../formats/index.ts";
import { npyArray, npyValues, writeNpy } from "../formats/numpy/index.ts";

/** How far from 1 the length of a row may be: float32 rounds each value. */
const TOLERANCE = 1e-5;

/**
 * Writes unit rows [rows, dim] and gives the file's SHA-256.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeVectors(
  file: string,
  size: { rows: number; dim: number },
  pieces: Iterable<Float32Array> | AsyncIterable<Float32Array>,
): Promise<string> {
  await writeNpy(file, { rows: size.rows, columns: size.dim }, pieces);
  return digestOf(file, "sha256");
}

/**
 * The rows of a part's vectors, in pieces of any number of values.
 * @throws MaskconError "data" where the file is cut short, has another shape, or holds rows that are not of length 1 or 0
 */
export async function* readVectors(
  file: string,
  { rows, dim }: { rows: number; dim: number },
): AsyncGenerator<Float32Array> {
  const array = await npyArray(file);
  const { shape } = array;
  if (shape.length !== 2 || shape[0] !== rows || shape[1] !== dim) {
    fail("data", { where: file, expected: `the shape (${rows}, ${dim})`, found: `(${shape.join(", ")})` });
  }
  const check = lengthCheck(file, dim);
  for await (const values of npyValues(file, array)) {
    check(values);
    yield values;
  }
}

/** Cosines of other rows would be wrong without a word, and a NaN is in no order. */
function lengthCheck(file: string, dim: number) {
  let [sum, column, row] = [0, 0, 0];
  return (values: Float32Array): void => {
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      sum += value * value;
      if (++column < dim) continue;
      if (!(Math.abs(Math.sqrt(sum) - 1) <= TOLERANCE) && sum !== 0) {
        const found = Number.isFinite(sum) ? `the length ${Math.sqrt(sum)}` : "a value that is not finite";
        const fix = "put the part's own file back, or collect anew into another folder";
        fail("data", { where: `${file}, row ${row}`, expected: "a vector of length 1", found, fix });
      }
      [sum, column, row] = [0, 0, row + 1];
    }
  };
}
