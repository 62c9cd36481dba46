/** PIL's bilinear filter at (x, y), pixel centres at halves, edges repeated, cut to a byte without rounding. */
export function sampleBilinear(
  data: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  out: Uint8Array,
  at: number,
): void {
  const left = Math.floor(x - 0.5);
  const top = Math.floor(y - 0.5);
  const dx = x - 0.5 - left;
  const dy = y - 0.5 - top;
  const x0 = inside(left, width) * 3;
  const x1 = inside(left + 1, width) * 3;
  const upper = inside(top, height) * width * 3;
  const lower = inside(top + 1, height) * width * 3;
  for (let c = 0; c < 3; c++) {
    const a = data[upper + x0 + c]!;
    const b = data[lower + x0 + c]!;
    const v = a + (data[upper + x1 + c]! - a) * dx;
    out[at + c] = v + (b + (data[lower + x1 + c]! - b) * dx - v) * dy;
  }
}

const inside = (place: number, size: number): number => (place < 0 ? 0 : place < size ? place : size - 1);
