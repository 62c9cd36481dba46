/**
 * PIL's `Image.blend` of one byte in float32: `factor` 0 gives `from`, 1 gives `to`, beyond it extrapolates and clips.
 * `factor` must already be a float32.
 */
export function blend(from: number, to: number, factor: number): number {
  const value = Math.fround(from + Math.fround(factor * (to - from)));
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}

/** The luma of PIL's `convert("L")`. */
export const luma = (r: number, g: number, b: number): number =>
  (Math.imul(r, 19595) + Math.imul(g, 38470) + Math.imul(b, 7471) + 0x8000) >> 16;
