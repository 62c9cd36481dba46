import type { Value } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";

interface WeightUse {
  /** Flat kernel positions to keep, in the order the convolution walks them. */
  readonly taps: readonly number[];
  readonly kernel: readonly [number, number];
  /** Swap input and output channels, as the gradient of the input wants. */
  readonly flip: boolean;
}

/** The weight [O, C, K, K] as a plain ONNX kernel of the chosen taps: [O, C, kh, kw], or [C, O, kh, kw] flipped. */
export function plainWeight(emit: Emitter, weight: Value, { taps, kernel, flip }: WeightUse): string {
  const [o, c] = weight.shape as [number, number];
  const kept = keepTaps(emit, weight, taps);
  const swapped = flip ? emit.node("Transpose", [kept], { perm: [1, 0, 2] }) : kept;
  return emit.node("Reshape", [swapped, emit.ints([...(flip ? [c, o] : [o, c]), ...kernel])]);
}

/**
 * The same in the memory order of the blocked kernels: [O/b, C/b, kh, kw, c, o], or [O/b, C, kh, kw, o] where there are
 * fewer input channels than a block.
 */
export function blockedWeight(emit: Emitter, weight: Value, { taps, kernel, flip }: WeightUse): string {
  const [o, c] = weight.shape as [number, number];
  const b = emit.block;
  const kept = keepTaps(emit, weight, taps);
  const [out, input] = flip ? [c, o] : [o, c];
  const order = (split: readonly number[], perm: readonly number[]) =>
    emit.node("Transpose", [emit.node("Reshape", [kept, emit.ints(split)])], { perm });
  const laidOut =
    input < b
      ? order([o / b, b, c, taps.length], [0, 2, 3, 1])
      : order([o / b, b, c / b, b, taps.length], flip ? [2, 0, 4, 1, 3] : [0, 2, 4, 3, 1]);
  return emit.node("Reshape", [laidOut, emit.ints([out, input, ...kernel])]);
}

function keepTaps(emit: Emitter, weight: Value, taps: readonly number[]): string {
  const [o, c, k] = weight.shape as [number, number, number];
  const flat = emit.node("Reshape", [emit.plain(weight), emit.ints([o, c, k * k])]);
  if (taps.length === k * k && taps.every((tap, i) => tap === i)) return flat;
  return emit.node("Gather", [flat, emit.indices(taps)], { axis: 2 });
}
