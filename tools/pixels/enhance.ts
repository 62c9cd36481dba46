import { channel0, channel1, channel2 } from "./rgb";

/** PIL's `Image.blend` in float32, 16 bytes or 4 pixels at a time. */

/** Every byte in place, towards `mean` (factor 0) or away from it (above 1). Reads and writes up to 15 bytes beyond. */
export function blendBytes(at: usize, bytes: i32, mean: f32, factor: f32): void {
  const from = f32x4.splat(mean);
  const by = f32x4.splat(factor);
  for (let i = 0; i < bytes; i += 16) {
    const all = v128.load(at + i);
    const left = i16x8.extend_low_i8x16_u(all), right = i16x8.extend_high_i8x16_u(all);
    const a = blend(from, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(left)), by);
    const b = blend(from, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(left)), by);
    const c = blend(from, f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(right)), by);
    const d = blend(from, f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(right)), by);
    v128.store(at + i, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
  }
}

/**
 * Every pixel towards its luma (factor 0) or away from it (above 1). Reads and writes up to 15 bytes beyond; not in place,
 * because a load that overlaps the store before it waits.
 */
export function saturate(from: usize, to: usize, bytes: i32, factor: f32): void {
  const by = f32x4.splat(factor);
  for (let i = 0; i < bytes; i += 12) {
    const rgb = v128.load(from + i);
    const r = channel0(rgb), g = channel1(rgb), b = channel2(rgb);
    const gray = f32x4.convert_i32x4_u(luma(r, g, b));
    const r1 = blend(gray, f32x4.convert_i32x4_u(r), by);
    const g1 = blend(gray, f32x4.convert_i32x4_u(g), by);
    const b1 = blend(gray, f32x4.convert_i32x4_u(b), by);
    // r r r r g g g g and b b b b: 16 bytes of which 12 are the pixels.
    const planes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(r1, g1), i16x8.narrow_i32x4_s(b1, b1));
    const pixels = i8x16.shuffle(planes, planes, 0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11, 12, 13, 14, 15);
    v128.store(to + i, pixels);
  }
}

/** The sum of all pixels' lumas; bytes beyond the image must be 0. */
export function sumOfLumas(at: usize, bytes: i32): f64 {
  let sum = i64x2.splat(0);
  for (let i = 0; i < bytes; i += 12) {
    const rgb = v128.load(at + i);
    const four = luma(channel0(rgb), channel1(rgb), channel2(rgb));
    sum = i64x2.add(sum, i64x2.add(i64x2.extend_low_i32x4_u(four), i64x2.extend_high_i32x4_u(four)));
  }
  return f64(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
}

// @ts-ignore: decorator
@inline
function blend(from: v128, to: v128, factor: v128): v128 {
  const value = f32x4.add(from, f32x4.mul(factor, f32x4.sub(to, from)));
  return i32x4.trunc_sat_f32x4_s(value);
}

/** The luma of PIL's `convert("L")`. */
// @ts-ignore: decorator
@inline
function luma(r: v128, g: v128, b: v128): v128 {
  const red = i32x4.mul(r, i32x4.splat(19595));
  const green = i32x4.mul(g, i32x4.splat(38470));
  const blue = i32x4.mul(b, i32x4.splat(7471));
  return i32x4.shr_u(i32x4.add(i32x4.add(red, green), i32x4.add(blue, i32x4.splat(0x8000))), 16);
}
