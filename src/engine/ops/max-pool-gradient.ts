import type { OpDefinition } from "./definition.ts";
import { expectFloats, expectShape, windowCount } from "./window.ts";

/** Stands for "outside the image": below every activation, and finite, so that no arithmetic makes it NaN. */
const OUTSIDE = -3e38;

/**
 * Inputs: dy and y [N, C, H', W'], x [N, C, H, W]. A window's gradient goes to its first maximum in row order, as in
 * PyTorch. Tap by tap: in the tap's strided view of x, positions that equal y get dy, unless an earlier tap has taken
 * the window. The views return to their places with zeros between their values.
 */
export const maxPoolGradient: OpDefinition<"maxPoolGradient"> = {
  infer([dy, x, y], window) {
    expectFloats("maxPoolGradient", [dy!, x!, y!]);
    const [n, c, h, w] = x!.shape;
    for (const value of [dy!, y!]) {
      expectShape("maxPoolGradient", value, [n!, c!, windowCount(h!, window), windowCount(w!, window)]);
    }
    return [{ dtype: "float32", shape: x!.shape }];
  },
  lower(emit, { inputs: [dy, x, y], outputs: [dx], attributes: { kernel, stride, pad } }) {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const [, , outH, outW] = y!.shape as [number, number, number, number];
    // The padded grid every tap writes into: at least the padded input, and a multiple of the stride at every tap.
    const [gridH, gridW] = [outH, outW].map((out) => (out + Math.ceil(kernel / stride)) * stride) as [number, number];
    const fill = emit.floats([], [OUTSIDE]);
    const pads = [0, 0, pad, pad, 0, 0, Math.max(gridH - h - pad, 0), Math.max(gridW - w - pad, 0)];
    const padded = emit.node("Pad", [emit.plain(x!), emit.ints(pads), fill]);
    const one = emit.floats([], [1]);
    const zero = emit.floats([1], [0]);
    let free: string | undefined;
    let total: string | undefined;
    for (let i = 0; i < kernel; i++) {
      for (let j = 0; j < kernel; j++) {
        const ends = [i + (outH - 1) * stride + 1, j + (outW - 1) * stride + 1];
        const bounds = [emit.ints([i, j]), emit.ints(ends), emit.ints([2, 3]), emit.ints([stride, stride])];
        const view = emit.node("Slice", [padded, ...bounds]);
        const equal = emit.node("Cast", [emit.node("Equal", [view, emit.plain(y!)])], { to: 1 });
        const taken: string = free === undefined ? equal : emit.node("Mul", [equal, free]);
        free = free === undefined ? emit.node("Sub", [one, taken]) : emit.node("Sub", [free, taken]);
        const part = emit.node("Mul", [taken, emit.plain(dy!)]);
        const spread = dilate(part);
        const after = [gridH - i - outH * stride, gridW - j - outW * stride];
        const placed = emit.node("Pad", [spread, emit.ints([0, 0, i, j, 0, 0, after[0]!, after[1]!])]);
        total = total === undefined ? placed : emit.node("Add", [total, placed]);
      }
    }
    const kept = [emit.ints([pad, pad]), emit.ints([pad + h, pad + w]), emit.ints([2, 3])];
    emit.definePlain(dx!, emit.node("Slice", [total!, ...kept]));

    /** [N, C, H', W'] -> [N, C, H' stride, W' stride] with zeros between. */
    function dilate(part: string): string {
      if (stride === 1) return part;
      const column = emit.node("Reshape", [part, emit.ints([n * c, outH * outW, 1])]);
      const gaps = emit.node("Expand", [zero, emit.ints([n * c, outH * outW, stride - 1])]);
      const row = emit.node("Reshape", [
        emit.node("Concat", [column, gaps], { axis: 2 }),
        emit.ints([n * c, outH, outW * stride]),
      ]);
      const blank = emit.node("Expand", [zero, emit.ints([n * c, outH, outW * stride * (stride - 1)])]);
      const rows = emit.node("Concat", [row, blank], { axis: 2 });
      return emit.node("Reshape", [rows, emit.ints([n, c, outH * stride, outW * stride])]);
    }
  },
};
