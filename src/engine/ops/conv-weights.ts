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
  const k = weight.shape[2]!;
  const flat = emit.node("Reshape", [emit.plain(weight), emit.ints([o * c, k * k])]);
  const kept = emit.node("Reshape", [keepTaps(emit, flat, taps, k), emit.ints([o, c, taps.length])]);
  const swapped = flip ? emit.node("Transpose", [kept], { perm: [1, 0, 2] }) : kept;
  return emit.node("Reshape", [swapped, emit.ints([...(flip ? [c, o] : [o, c]), ...kernel])]);
}

/**
 * The same in the memory order of the blocked kernels: [O/b, C/b, kh, kw, c, o], or [O/b, C, kh, kw, o] where there are
 * fewer input channels than a block. ReorderInput brings the output channels innermost, block by block; what is left to
 * move are whole blocks.
 */
export function blockedWeight(emit: Emitter, weight: Value, { taps, kernel, flip }: WeightUse): string {
  const [o, c, k] = weight.shape as [number, number, number];
  const b = emit.block;
  const [out, input] = flip ? [c, o] : [o, c];
  // As images: flipped, O of them with C channels of K K pixels; otherwise one of O channels with C K K pixels.
  const image = flip ? [o, c, k * k, 1] : [1, o, c * k * k, 1];
  const lanes = emit.node("com.microsoft.nchwc:ReorderInput", [
    emit.node("Reshape", [emit.plain(weight), emit.ints(image)]),
  ]);
  const rows = flip ? (o * c) / b : (o / b) * c;
  const kept = keepTaps(emit, emit.node("Reshape", [lanes, emit.ints([rows, k * k, b])]), taps, k);
  const shape = emit.ints([out, input, ...kernel]);
  if (input < b) return emit.node("Reshape", [kept, shape]);
  const [split, perm] = flip
    ? [
        [o / b, b, c / b, taps.length, b],
        [2, 0, 3, 1, 4],
      ]
    : [
        [o / b, c / b, b, taps.length, b],
        [0, 1, 3, 2, 4],
      ];
  const laidOut = emit.node("Transpose", [emit.node("Reshape", [kept, emit.ints(split)])], { perm });
  return emit.node("Reshape", [laidOut, shape]);
}

/** Keeps the chosen taps of axis 1. */
function keepTaps(emit: Emitter, rows: string, taps: readonly number[], k: number): string {
  if (taps.length === k * k && taps.every((tap, i) => tap === i)) return rows;
  return emit.node("Gather", [rows, emit.indices(taps)], { axis: 1 });
}
