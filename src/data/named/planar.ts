/** CIFAR's image size, in the pickles and in the binary files. */
export const SIDE = 32;
const PLANE = SIDE * SIDE;
export const IMAGE_BYTES = 3 * PLANE;

/** Writes one planar image (a red plane, a green, a blue) as interleaved RGB. */
export function interleave(planes: Uint8Array, from: number, out: Uint8Array, to: number): void {
  for (let i = 0; i < PLANE; i++) {
    out[to + 3 * i] = planes[from + i]!;
    out[to + 3 * i + 1] = planes[from + PLANE + i]!;
    out[to + 3 * i + 2] = planes[from + 2 * PLANE + i]!;
  }
}
