import type { OpDefinition } from "./definition.ts";
import { expectFloats, expectShape, pooledShape } from "./window.ts";

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
    const shape = pooledShape("maxPoolGradient", x!.shape, window);
    for (const value of [dy!, y!]) expectShape("maxPoolGradient", value, shape);
    return [{ dtype: "float32", shape: x!.shape }];
  },
  lower(emit, { inputs: [dy, x, y], outputs: [dx], attributes: { kernel, strides, pads } }) {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const [, , outH, outW] = y!.shape as [number, number, number, number];
    const [strideH, strideW] = strides;
    const [top, left] = pads;
    // The padded grid every tap writes into: at least the padded input, and a multiple of the stride at every tap.
    const [gridH, gridW] = [outH, outW].map(
      (out, axis) => (out + Math.ceil(kernel[axis]! / strides[axis]!)) * strides[axis]!,
    ) as [number, number];
    const fill = emit.floats([], [OUTSIDE]);
    const around = [0, 0, top, left, 0, 0, Math.max(gridH - h - top, 0), Math.max(gridW - w - left, 0)];
    const padded = emit.node("Pad", [emit.plain(x!), emit.ints(around), fill]);
    const one = emit.floats([], [1]);
    const zero = emit.floats([1], [0]);
    let free: string | undefined;
    let total: string | undefined;
    for (let i = 0; i < kernel[0]; i++) {
      for (let j = 0; j < kernel[1]; j++) {
        const ends = [i + (outH - 1) * strideH + 1, j + (outW - 1) * strideW + 1];
        const bounds = [emit.ints([i, j]), emit.ints(ends), emit.ints([2, 3]), emit.ints(strides)];
        const view = emit.node("Slice", [padded, ...bounds]);
        const equal = emit.node("Cast", [emit.node("Equal", [view, emit.plain(y!)])], { to: 1 });
        const taken: string = free === undefined ? equal : emit.node("Mul", [equal, free]);
        free = free === undefined ? emit.node("Sub", [one, taken]) : emit.node("Sub", [free, taken]);
        const part = emit.node("Mul", [taken, emit.plain(dy!)]);
        const spread = dilate(part);
        const after = [gridH - i - outH * strideH, gridW - j - outW * strideW];
        const placed = emit.node("Pad", [spread, emit.ints([0, 0, i, j, 0, 0, after[0]!, after[1]!])]);
        total = total === undefined ? placed : emit.node("Add", [total, placed]);
      }
    }
    const kept = [emit.ints([top, left]), emit.ints([top + h, left + w]), emit.ints([2, 3])];
    emit.definePlain(dx!, emit.node("Slice", [total!, ...kept]));

    /** [N, C, H', W'] -> [N, C, H' strideH, W' strideW] with zeros between. */
    function dilate(part: string): string {
      if (strideH === 1 && strideW === 1) return part;
      const column = emit.node("Reshape", [part, emit.ints([n * c, outH * outW, 1])]);
      const row = emit.node("Reshape", [
        withZeros(column, [n * c, outH * outW, strideW - 1]),
        emit.ints([n * c, outH, outW * strideW]),
      ]);
      const rows = withZeros(row, [n * c, outH, outW * strideW * (strideH - 1)]);
      return emit.node("Reshape", [rows, emit.ints([n, c, outH * strideH, outW * strideW])]);
    }

    function withZeros(part: string, gaps: readonly [number, number, number]): string {
      if (gaps[2] === 0) return part;
      return emit.node("Concat", [part, emit.node("Expand", [zero, emit.ints(gaps)])], { axis: 2 });
    }
  },
};
