import { fail } from "../core/index.ts";

interface Pieces {
  /** Numbers of one image, and of what is computed from it. */
  readonly imageFloats: number;
  readonly floats: number;
  /** Images that a model takes at once; undefined where any number. */
  readonly piece: number | undefined;
}

/**
 * The number of images [n, 3, S, S].
 * @throws MaskconError "shape" where these are no whole images, or none
 */
export function countImages(images: Float32Array, imageFloats: number): number {
  const n = images.length / imageFloats;
  if (images instanceof Float32Array && Number.isInteger(n) && n > 0) return n;
  const expected = `a Float32Array of whole images of ${imageFloats} numbers`;
  return fail("shape", { where: "images", expected, found: `${images.length} numbers` });
}

/**
 * What `run` computes for images, for a model of a fixed batch in pieces, the last filled up with zeros.
 * @throws MaskconError "shape" where these are no whole images, or none
 */
export async function inPieces(
  images: Float32Array,
  { imageFloats, floats, piece }: Pieces,
  run: (images: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array> {
  const n = countImages(images, imageFloats);
  if (piece === undefined || piece === n) return run(images);
  const out = new Float32Array(n * floats);
  for (let first = 0; first < n; first += piece) {
    const count = Math.min(piece, n - first);
    const rows = await run(
      padded(images.subarray(first * imageFloats, (first + count) * imageFloats), piece * imageFloats),
    );
    out.set(rows.subarray(0, count * floats), first * floats);
  }
  return out;
}

function padded(images: Float32Array, floats: number): Float32Array {
  if (images.length === floats) return images;
  const all = new Float32Array(floats);
  all.set(images);
  return all;
}
