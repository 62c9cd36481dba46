/** One channel of four pixels as 32-bit numbers. */
// @ts-ignore: decorator
@inline
export function channel0(rgb: v128): v128 {
  return i8x16.shuffle(rgb, i32x4.splat(0), 0, 16, 16, 16, 3, 16, 16, 16, 6, 16, 16, 16, 9, 16, 16, 16);
}
// @ts-ignore: decorator
@inline
export function channel1(rgb: v128): v128 {
  return i8x16.shuffle(rgb, i32x4.splat(0), 1, 16, 16, 16, 4, 16, 16, 16, 7, 16, 16, 16, 10, 16, 16, 16);
}
// @ts-ignore: decorator
@inline
export function channel2(rgb: v128): v128 {
  return i8x16.shuffle(rgb, i32x4.splat(0), 2, 16, 16, 16, 5, 16, 16, 16, 8, 16, 16, 16, 11, 16, 16, 16);
}
