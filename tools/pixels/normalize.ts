import { channel0, channel1, channel2 } from "./rgb";

/**
 * Bytes of RGB as three planes of float32, `plane` bytes apart, in the steps of torchvision's `ToTensor` and `Normalize`. Reads
 * up to 15 and writes up to 12 bytes beyond what the pixels take.
 */
export function normalizePlanes(
  from: usize, to: usize, plane: usize, pixels: i32,
  mean0: f32, mean1: f32, mean2: f32, std0: f32, std1: f32, std2: f32,
): void {
  for (let i = 0; i < pixels; i += 4, from += 12, to += 16) {
    const rgb = v128.load(from);
    v128.store(to, normalized(channel0(rgb), mean0, std0));
    v128.store(to + plane, normalized(channel1(rgb), mean1, std1));
    v128.store(to + 2 * plane, normalized(channel2(rgb), mean2, std2));
  }
}

// @ts-ignore: decorator
@inline
function normalized(bytes: v128, mean: f32, std: f32): v128 {
  const unit = f32x4.div(f32x4.convert_i32x4_u(bytes), f32x4.splat(255));
  return f32x4.div(f32x4.sub(unit, f32x4.splat(mean)), f32x4.splat(std));
}
