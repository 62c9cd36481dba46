import { blockedWeightGradient } from "./conv-weight-gradient-blocked.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { convolvedShape, expectFloats, expectShape } from "./window.ts";

/** Shortest contraction worth a GEMM of its own; longer ones are split over the batch so that every core has work. */
const SHORTEST_CONTRACTION = 512;

/**
 * Inputs: x [N, C, H, W], dy [N, O, H', W']. Output: dw of the attribute's shape [O, C, K, K].
 * Every tap is a matrix product: dw[:, :, tap] = sum over positions of dy and x shifted by the tap.
 */
export const conv2dWeightGradient: OpDefinition<"conv2dWeightGradient"> = {
  infer([x, dy], { shape, stride, pad }) {
    expectFloats("conv2dWeightGradient", [x!, dy!]);
    expectShape("conv2dWeightGradient", dy!, convolvedShape("conv2dWeightGradient", x!.shape, shape, { stride, pad }));
    return [{ dtype: "float32", shape }];
  },

  lower(emit, { inputs: [x, dy], outputs: [dw], attributes: { shape, stride, pad } }) {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const [, o, outH, outW] = dy!.shape as [number, number, number, number];
    const k = shape[2]!;
    const positions = outH * outW;
    const groups = groupsOf(n, positions);
    const each = n / groups;
    const padded = padPlain(emit, emit.plain(x!), pad);
    const left = grouped(
      emit,
      emit.plain(dy!),
      [groups, each, o, positions],
      [0, 2, 1, 3],
      [groups, o, each * positions],
    );
    const taps: string[] = [];
    for (let i = 0; i < k; i++) {
      for (let j = 0; j < k; j++) {
        const whole = h + 2 * pad === outH && w + 2 * pad === outW && stride === 1;
        const tap = whole ? padded : sliceTap(emit, padded, [i, j], [outH, outW], stride);
        const right = grouped(emit, tap, [groups, each, c, positions], [0, 1, 3, 2], [groups, each * positions, c]);
        const product = emit.node("MatMul", [left, right]);
        taps.push(emit.node("ReduceSum", [product, emit.ints([0])], { keepdims: 0 }));
      }
    }
    const columns = taps.map((tap) => emit.node("Reshape", [tap, emit.ints([o, c, 1])]));
    const joined = columns.length === 1 ? columns[0]! : emit.node("Concat", columns, { axis: 2 });
    emit.definePlain(dw!, emit.node("Reshape", [joined, emit.ints(shape)]));
  },

  lowerBlocked: blockedWeightGradient,
};

/** How many groups to cut the batch into: the most that leave every product a contraction of some length. */
function groupsOf(batch: number, positions: number): number {
  let groups = 1;
  for (let g = 1; g <= batch; g++) {
    if (batch % g === 0 && (batch / g) * positions >= SHORTEST_CONTRACTION) groups = g;
  }
  return groups;
}

function padPlain(emit: Emitter, x: string, pad: number): string {
  return pad === 0 ? x : emit.node("Pad", [x, emit.ints([0, 0, pad, pad, 0, 0, pad, pad])]);
}

function sliceTap(
  emit: Emitter,
  padded: string,
  at: readonly number[],
  out: readonly number[],
  stride: number,
): string {
  const ends = at.map((start, axis) => start + (out[axis]! - 1) * stride + 1);
  return emit.node("Slice", [padded, emit.ints(at), emit.ints(ends), emit.ints([2, 3]), emit.ints([stride, stride])]);
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
