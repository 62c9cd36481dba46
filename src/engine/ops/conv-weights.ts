import type { Pair, Value } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";
import { reorder } from "./reorder.ts";

interface WeightUse {
  /** Flat kernel positions to keep, in the order the convolution walks them. */
  readonly taps: readonly number[];
  readonly kernel: Pair;
  /** Swap input and output channels of every group, as the gradient of the input wants. */
  readonly flip: boolean;
  readonly groups: number;
}

/**
 * The weight [O, C/groups, KH, KW] as a plain ONNX kernel of the chosen taps: [O, C/groups, kh, kw], or
 * [C, O/groups, kh, kw] flipped.
 */
export function plainWeight(emit: Emitter, weight: Value, { taps, kernel, flip, groups }: WeightUse): string {
  const [o, c, kh, kw] = weight.shape as [number, number, number, number];
  const flat = emit.node("Reshape", [emit.plain(weight), emit.ints([o * c, kh * kw])]);
  const kept = keepTaps(emit, flat, taps, kh * kw);
  const each = o / groups;
  const swap = flip && (groups === 1 || (each > 1 && c > 1));
  const split = groups > 1 && swap ? [groups, each, c, taps.length] : [o, c, taps.length];
  const perm = groups > 1 ? [0, 2, 1, 3] : [1, 0, 2];
  const channels = emit.node("Reshape", [kept, emit.ints(split)]);
  const swapped = swap ? emit.node("Transpose", [channels], { perm }) : channels;
  return emit.node("Reshape", [swapped, emit.ints([...(flip ? [c * groups, each] : [o, c]), ...kernel])]);
}

/**
 * The same in the memory order of the blocked kernels: [O/b, C/b, kh, kw, c, o], or [O/b, C, kh, kw, o] where there are
 * fewer input channels than a block. ReorderInput brings the output channels innermost, block by block; what is left to
 * move are whole blocks.
 */
export function blockedWeight(emit: Emitter, weight: Value, { taps, kernel, flip, groups }: WeightUse): string {
  const [o, c, kh, kw] = weight.shape as [number, number, number, number];
  const b = emit.block;
  const area = kh * kw;
  const each = o / groups;
  const [out, input] = flip ? [c * groups, each] : [o, c];
  // As images: flipped, O of them with C channels of KH KW pixels; otherwise one of O channels with C KH KW pixels.
  const image = flip ? [o, c, area, 1] : [1, o, c * area, 1];
  const lanes = emit.node("com.microsoft.nchwc:ReorderInput", [
    emit.node("Reshape", [emit.plain(weight), emit.ints(image)]),
  ]);
  const shape = emit.ints([out, input, ...kernel]);
  if (input < b) {
    const kept = keepTaps(emit, emit.node("Reshape", [lanes, emit.ints([(o * c) / b, area, b])]), taps, area);
    return emit.node("Reshape", [kept, shape]);
  }
  const [split, perm] = blocksInOrder();
  return emit.node("Reshape", [reorder(emit, lanes, split, perm, { axis: split.length - 2, entries: taps }), shape]);

  function blocksInOrder(): [split: number[], perm: number[]] {
    if (!flip) {
      return [
        [o / b, c / b, b, area, b],
        [0, 1, 3, 2, 4],
      ];
    }
    const whole = [each / b, b, c / b, area, b];
    if (groups === 1) return [whole, [2, 0, 3, 1, 4]];
    return [
      [groups, ...whole],
      [0, 3, 1, 4, 2, 5],
    ];
  }
}

/** Keeps the chosen taps of axis 1. */
function keepTaps(emit: Emitter, rows: string, taps: readonly number[], area: number): string {
  if (taps.length === area && taps.every((tap, i) => tap === i)) return rows;
  return emit.node("Gather", [rows, emit.indices(taps)], { axis: 1 });
}
