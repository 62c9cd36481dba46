import type { Pair } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";

/** A constant depthwise weight [C, 1, KH, KW] in blocked order: the same taps, row by row, for every channel. */
export function depthwiseTaps(emit: Emitter, channels: number, kernel: Pair, taps: readonly number[]): string {
  const lanes = taps.flatMap((tap) => new Array<number>(emit.block).fill(tap));
  const blocks = Array.from({ length: channels / emit.block }, () => lanes).flat();
  return emit.floats([channels, 1, ...kernel], blocks);
}

/** One that is `value` at one place: with it a convolution moves an image, or takes one position of several. */
export function oneTap(emit: Emitter, channels: number, kernel: Pair, [row, column]: Pair, value = 1): string {
  const place = row * kernel[1] + column;
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => (tap === place ? value : 0));
  return depthwiseTaps(emit, channels, kernel, taps);
}
