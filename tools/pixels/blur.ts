/** Box blurs of 16 bytes at a time. A pass reads `from` and writes `to`; three passes end in `to`. */

const HALF = 1 << 23;

/**
 * Three box blurs along rows. `image` and its result are [height, row bytes]. `line` and `other` hold a row each, with room
 * for `3 (radius + 1)` bytes before and as many and 16 more after.
 */
export function blurRows(
  image: usize,
  row: i32,
  height: i32,
  line: usize,
  other: usize,
  radius: i32,
  weight: i32,
  edge: i32,
): void {
  for (let y = 0; y < height; y++) {
    memory.copy(line, image, row);
    repeatEnds(line, 3, row, radius);
    boxBlur(line, other, 3, row, radius, weight, edge);
    repeatEnds(other, 3, row, radius);
    boxBlur(other, line, 3, row, radius, weight, edge);
    repeatEnds(line, 3, row, radius);
    boxBlur(line, other, 3, row, radius, weight, edge);
    memory.copy(image, other, row);
    image += row;
  }
}

/** The same along columns. `image` and `other` have room for `radius + 1` rows before and after; the result is in `other`. */
export function blurColumns(
  image: usize,
  other: usize,
  row: i32,
  height: i32,
  radius: i32,
  weight: i32,
  edge: i32,
): void {
  const bytes = row * height;
  repeatEnds(image, row, bytes, radius);
  boxBlur(image, other, row, bytes, radius, weight, edge);
  repeatEnds(other, row, bytes, radius);
  boxBlur(other, image, row, bytes, radius, weight, edge);
  repeatEnds(image, row, bytes, radius);
  boxBlur(image, other, row, bytes, radius, weight, edge);
}

/** Repeats the first and the last `step` bytes outwards. */
function repeatEnds(at: usize, step: i32, bytes: i32, radius: i32): void {
  for (let k = 0; k <= radius; k++) {
    memory.copy(at - (k + 1) * step, at, step);
    memory.copy(at + bytes + k * step, at + bytes - step, step);
  }
}

/** Each byte: `weight` times those up to `radius` steps away and itself, `edge` times the two beyond. Exact modulo 2^32. */
function boxBlur(from: usize, to: usize, step: i32, bytes: i32, radius: i32, weight: i32, edge: i32): void {
  const weights = i32x4.splat(weight);
  const edges = i32x4.splat(edge);
  const outer = step * (radius + 1);
  for (let i = 0; i < bytes; i += 16) {
    let at = from + i - step * radius;
    let left = i16x8.splat(0);
    let right = left;
    for (let k = -radius; k <= radius; k++) {
      const value = v128.load(at);
      left = i16x8.add(left, i16x8.extend_low_i8x16_u(value));
      right = i16x8.add(right, i16x8.extend_high_i8x16_u(value));
      at += step;
    }
    const before = v128.load(from + i - outer);
    const after = v128.load(from + i + outer);
    const edgeLeft = i16x8.add(i16x8.extend_low_i8x16_u(before), i16x8.extend_low_i8x16_u(after));
    const edgeRight = i16x8.add(i16x8.extend_high_i8x16_u(before), i16x8.extend_high_i8x16_u(after));
    const a = weighted(i32x4.extend_low_i16x8_u(left), weights, i32x4.extend_low_i16x8_u(edgeLeft), edges);
    const b = weighted(i32x4.extend_high_i16x8_u(left), weights, i32x4.extend_high_i16x8_u(edgeLeft), edges);
    const c = weighted(i32x4.extend_low_i16x8_u(right), weights, i32x4.extend_low_i16x8_u(edgeRight), edges);
    const d = weighted(i32x4.extend_high_i16x8_u(right), weights, i32x4.extend_high_i16x8_u(edgeRight), edges);
    v128.store(to + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

// @ts-ignore: decorator
@inline
function weighted(sum: v128, weight: v128, edges: v128, edge: v128): v128 {
  const all = i32x4.add(i32x4.mul(sum, weight), i32x4.mul(edges, edge));
  return i32x4.shr_u(i32x4.add(all, i32x4.splat(HALF)), 24);
}
