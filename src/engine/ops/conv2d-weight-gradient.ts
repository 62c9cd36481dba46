import { patchesOf } from "./conv-patches.ts";
import { type ConvProblem, convProblem, inPatches, isDepthwise } from "./conv-problem.ts";
import { tapRange } from "./conv-taps.ts";
import { blockedWeightGradient } from "./conv-weight-gradient-blocked.ts";
import { depthwiseWeightGradient } from "./conv-weight-gradient-depthwise.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { convolvedShape, expectFloats, expectShape } from "./window.ts";

/** Shortest contraction worth a GEMM of its own; longer ones are split over the batch so that every core has work. */
const SHORTEST_CONTRACTION = 512;

/**
 * Inputs: x [N, C, H, W], dy [N, O, H', W']. Output: dw of the attribute's shape [O, C / groups, KH, KW].
 * Every tap is a matrix product: dw[:, :, tap] = sum over positions of dy and x shifted by the tap. A depthwise one is a
 * convolution, and one whose kernel steps over its own length a single product.
 */
export const conv2dWeightGradient: OpDefinition<"conv2dWeightGradient"> = {
  infer([x, dy], { shape, ...convolution }) {
    expectFloats("conv2dWeightGradient", [x!, dy!]);
    expectShape("conv2dWeightGradient", dy!, convolvedShape("conv2dWeightGradient", x!.shape, shape, convolution));
    return [{ dtype: "float32", shape }];
  },

  lower(emit, { inputs: [x, dy], outputs: [dw], attributes: { shape, ...convolution } }) {
    const problem = convProblem(x!.shape, shape, dy!.shape, convolution);
    const kernel = isDepthwise(problem) ? depthwise : inPatches(problem) ? byPatches : byTaps;
    const result = kernel(emit, problem, emit.plain(x!), emit.plain(dy!));
    emit.definePlain(dw!, emit.node("Reshape", [result, emit.ints(shape)]));
  },

  lowerBlocked: blockedWeightGradient,
};

type WeightGradient = (emit: Emitter, problem: ConvProblem, x: string, dy: string) => string;

const depthwise: WeightGradient = (emit, problem, x, dy) => depthwiseWeightGradient(emit, problem, { x, dy, lanes: 1 });

/** One product over all taps. */
const byPatches: WeightGradient = (emit, problem, x, dy) => {
  const { n, c, outH, outW, kernel } = problem;
  const positions = outH * outW;
  const cuts = cutsOf(n, positions);
  const left = outputRows(emit, problem, dy, cuts);
  const patches = emit.node("Reshape", [
    patchesOf(emit, problem, x),
    emit.ints([cuts, (n / cuts) * positions, c * kernel[0] * kernel[1]]),
  ]);
  const product = emit.node("MatMul", [left, patches]);
  return emit.node("ReduceSum", [product, emit.ints([0])], { keepdims: 0 });
};

/** A product for each tap, and for each group with its own channels: [O, C / groups, taps]. */
const byTaps: WeightGradient = (emit, problem, x, dy) => {
  const { n, c, o, outH, outW, kernel, strides, pads, groups } = problem;
  const positions = outH * outW;
  const cuts = groups === 1 ? cutsOf(n, positions) : n;
  const each = n / cuts;
  const padded = padPlain(emit, x, pads);
  const left =
    groups === 1
      ? outputRows(emit, problem, dy, cuts)
      : emit.node("Reshape", [dy, emit.ints([n, groups, o / groups, positions])]);
  const rightOf = (tap: string): string => {
    if (groups === 1) {
      return grouped(emit, tap, [cuts, each, c, positions], [0, 1, 3, 2], [cuts, each * positions, c]);
    }
    const channels = emit.node("Reshape", [tap, emit.ints([n, groups, c / groups, positions])]);
    return emit.node("Transpose", [channels], { perm: [0, 1, 3, 2] });
  };
  const whole = kernel[0] * kernel[1] * strides[0] * strides[1] === 1;
  const taps: string[] = [];
  for (let i = 0; i < kernel[0]; i++) {
    for (let j = 0; j < kernel[1]; j++) {
      const tap = whole ? padded : emit.node("Slice", [padded, ...tapRange(emit, problem, [i, j], [2, 3])]);
      const product = emit.node("MatMul", [left, rightOf(tap)]);
      taps.push(emit.node("ReduceSum", [product, emit.ints([0])], { keepdims: 0 }));
    }
  }
  const columns = taps.map((tap) => emit.node("Reshape", [tap, emit.ints([o, c / groups, 1])]));
  return columns.length === 1 ? columns[0]! : emit.node("Concat", columns, { axis: 2 });
};

/** How many parts to cut the batch into: the most that leave every product a contraction of some length. */
function cutsOf(batch: number, positions: number): number {
  let cuts = 1;
  for (let g = 1; g <= batch; g++) {
    if (batch % g === 0 && (batch / g) * positions >= SHORTEST_CONTRACTION) cuts = g;
  }
  return cuts;
}

/** dy as [cuts, O, positions of a part of the batch]. */
function outputRows(emit: Emitter, { n, o, outH, outW }: ConvProblem, dy: string, cuts: number): string {
  const [each, positions] = [n / cuts, outH * outW];
  return grouped(emit, dy, [cuts, each, o, positions], [0, 2, 1, 3], [cuts, o, each * positions]);
}

function padPlain(emit: Emitter, x: string, [top, left, bottom, right]: ConvProblem["pads"]): string {
  const ends = [0, 0, top, left, 0, 0, bottom, right];
  return ends.every((pad) => pad === 0) ? x : emit.node("Pad", [x, emit.ints(ends)]);
}

function grouped(
  emit: Emitter,
  x: string,
  split: readonly number[],
  perm: readonly number[],
  joined: readonly number[],
) {
  const cut = emit.node("Reshape", [x, emit.ints(split)]);
  return emit.node("Reshape", [emit.node("Transpose", [cut], { perm }), emit.ints(joined)]);
}
