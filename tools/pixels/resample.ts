/**
 * Both passes of a resize. Weights of 22 bits are split into 11 + 11, so that one instruction multiplies two input places
 * by 16-bit numbers and adds them; the sums are the same whole numbers as those of the whole weights.
 * Weights come as [out, pairs, 2]: the low halves of two weights in one word, then the high halves.
 */

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);
const LOW_BITS = 11;

/** Rows of RGB pixels, `stride` bytes apart, become rows of `width` pixels. `starts` are in pixels. Writes a byte beyond. */
export function resampleRows(
  from: usize,
  stride: usize,
  rows: i32,
  to: usize,
  width: i32,
  starts: usize,
  weights: usize,
  pairs: i32,
): void {
  for (let y = 0; y < rows; y++) {
    let weight = weights;
    for (let x = 0; x < width; x++) {
      let at = from + 3 * load<i32>(starts + 4 * x);
      let low = i32x4.splat(HALF);
      let high = i32x4.splat(0);
      for (let k = 0; k < pairs; k++) {
        // r0 r1 g0 g1 b0 b1 of two pixels, as 16-bit numbers.
        const bytes = v128.load64_zero(at);
        const two = i16x8.extend_low_i8x16_u(i8x16.shuffle(bytes, bytes, 0, 3, 1, 4, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
        low = i32x4.add(low, i32x4.dot_i16x8_s(two, v128.load32_splat(weight)));
        high = i32x4.add(high, i32x4.dot_i16x8_s(two, v128.load32_splat(weight + 4)));
        at += 6;
        weight += 8;
      }
      const sum = i32x4.shr_s(i32x4.add(low, i32x4.shl(high, LOW_BITS)), PRECISION);
      const words = i16x8.narrow_i32x4_s(sum, sum);
      v128.store32_lane(to, i8x16.narrow_i16x8_u(words, words), 0);
      to += 3;
    }
    from += stride;
  }
}

/** Columns: rows of `row` bytes become `height` such rows. Reads a row and writes 15 bytes beyond. */
export function resampleColumns(
  from: usize,
  row: i32,
  to: usize,
  height: i32,
  starts: usize,
  weights: usize,
  pairs: i32,
): void {
  for (let y = 0; y < height; y++) {
    const first = from + load<i32>(starts + 4 * y) * row;
    for (let i = 0; i < row; i += 16) {
      v128.store(to + i, sumOfRows(first + i, row, weights, pairs));
    }
    to += row;
    weights += 8 * pairs;
  }
}

// @ts-ignore: decorator
@inline
function sumOfRows(at: usize, row: i32, weight: usize, pairs: i32): v128 {
  let low0 = i32x4.splat(HALF), low1 = low0, low2 = low0, low3 = low0;
  let high0 = i32x4.splat(0), high1 = high0, high2 = high0, high3 = high0;
  for (let k = 0; k < pairs; k++) {
    const a = v128.load(at);
    const b = v128.load(at + row);
    const left = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const right = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const ab0 = i16x8.extend_low_i8x16_u(left), ab1 = i16x8.extend_high_i8x16_u(left);
    const ab2 = i16x8.extend_low_i8x16_u(right), ab3 = i16x8.extend_high_i8x16_u(right);
    const low = v128.load32_splat(weight), high = v128.load32_splat(weight + 4);
    low0 = i32x4.add(low0, i32x4.dot_i16x8_s(ab0, low));
    low1 = i32x4.add(low1, i32x4.dot_i16x8_s(ab1, low));
    low2 = i32x4.add(low2, i32x4.dot_i16x8_s(ab2, low));
    low3 = i32x4.add(low3, i32x4.dot_i16x8_s(ab3, low));
    high0 = i32x4.add(high0, i32x4.dot_i16x8_s(ab0, high));
    high1 = i32x4.add(high1, i32x4.dot_i16x8_s(ab1, high));
    high2 = i32x4.add(high2, i32x4.dot_i16x8_s(ab2, high));
    high3 = i32x4.add(high3, i32x4.dot_i16x8_s(ab3, high));
    at += 2 * row;
    weight += 8;
  }
  const words0 = i16x8.narrow_i32x4_s(whole(low0, high0), whole(low1, high1));
  const words1 = i16x8.narrow_i32x4_s(whole(low2, high2), whole(low3, high3));
  return i8x16.narrow_i16x8_u(words0, words1);
}

// @ts-ignore: decorator
@inline
function whole(low: v128, high: v128): v128 {
  return i32x4.shr_s(i32x4.add(low, i32x4.shl(high, LOW_BITS)), PRECISION);
}
