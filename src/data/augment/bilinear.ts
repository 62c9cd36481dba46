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
  const a = upper + x0;
  const b = upper + x1;
  const c = lower + x0;
  const d = lower + x1;
  out[at] = mix(data[a]!, data[b]!, data[c]!, data[d]!, dx, dy);
  out[at + 1] = mix(data[a + 1]!, data[b + 1]!, data[c + 1]!, data[d + 1]!, dx, dy);
  out[at + 2] = mix(data[a + 2]!, data[b + 2]!, data[c + 2]!, data[d + 2]!, dx, dy);
}

function mix(a: number, b: number, c: number, d: number, dx: number, dy: number): number {
  const upper = a + (b - a) * dx;
  return (upper + (c + (d - c) * dx - upper) * dy) | 0;
}

const inside = (place: number, size: number): number => (place < 0 ? 0 : place < size ? place : size - 1);
