import { sizeOf } from "../../core/index.ts";
import type { Node, Value } from "../graph/index.ts";
import { convPhases, type Phase } from "./conv-phases.ts";
import { blockedWeight, plainWeight } from "./conv-weights.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { convolvedShape, expectFloats, expectShape } from "./window.ts";

/** Inputs: dy [N, O, H', W'], w [O, C, K, K]. Output: dx of the attribute's shape [N, C, H, W]. */
export const conv2dInputGradient: OpDefinition<"conv2dInputGradient"> = {
  infer([dy, w], { shape, stride, pad }) {
    expectFloats("conv2dInputGradient", [dy!, w!]);
    expectShape("conv2dInputGradient", dy!, convolvedShape("conv2dInputGradient", shape, w!.shape, { stride, pad }));
    return [{ dtype: "float32", shape }];
  },

  lower(emit, node) {
    const [dy, w] = node.inputs as [Value, Value];
    const result = interleavedPhases(emit, node, emit.plain(dy), 1, (rows, columns, input, pads) => {
      const kernel = kernelOf(rows, columns);
      const weight = plainWeight(emit, w, { taps: tapsOf(rows, columns, w), kernel, flip: true });
      // ONNX Runtime 1.30's WebGPU provider overlooks trailing pads of a 1x1 kernel.
      const padded = sizeOf(kernel) === 1 && pads.some((p) => p > 0);
      if (!padded) return emit.node("Conv", [input, weight], { kernel_shape: kernel, pads });
      const [top, left, bottom, right] = pads as [number, number, number, number];
      const explicit = emit.node("Pad", [input, emit.ints([0, 0, top, left, 0, 0, bottom, right])]);
      return emit.node("Conv", [explicit, weight], { kernel_shape: kernel });
    });
    emit.definePlain(node.outputs[0]!, result);
  },

  lowerBlocked(emit, node) {
    const [dy, w] = node.inputs as [Value, Value];
    const b = emit.block;
    if (w.shape[0]! % b !== 0 || w.shape[1]! % b !== 0) return "channels are no multiple of the block";
    const result = interleavedPhases(emit, node, emit.blocked(dy), b, (rows, columns, input, pads) => {
      const kernel = kernelOf(rows, columns);
      const weight = blockedWeight(emit, w, { taps: tapsOf(rows, columns, w), kernel, flip: true });
      return emit.node("com.microsoft.nchwc:Conv", [input, weight], { kernel_shape: kernel, pads });
    });
    emit.defineBlocked(node.outputs[0]!, result);
    return undefined;
  },
};

type PhaseConv = (rows: Phase, columns: Phase, input: string, pads: readonly number[]) => string;

const kernelOf = (rows: Phase, columns: Phase): [number, number] => [rows.taps.length, columns.taps.length];

const tapsOf = (rows: Phase, columns: Phase, w: Value): number[] =>
  rows.taps.flatMap((row) => columns.taps.map((column) => row * w.shape[3]! + column));

/** Runs one stride-1 convolution a phase and interleaves the results; `lanes` is the block (1: plain order). */
function interleavedPhases(
  emit: Emitter,
  { inputs: [dy, w], attributes: { shape, stride, pad } }: Node<"conv2dInputGradient">,
  input: string,
  lanes: number,
  convolve: PhaseConv,
): string {
  const [n, c, h, width] = shape as [number, number, number, number];
  const [, , outH, outW] = dy!.shape as [number, number, number, number];
  const kernel = w!.shape[2]!;
  const rowPhases = convPhases(h, outH, kernel, stride, pad);
  const columnPhases = convPhases(width, outW, kernel, stride, pad);
  const [rows, columns] = [Math.ceil(h / stride), Math.ceil(width / stride)];
  let zeros: string | undefined;
  const phase = (row: Phase, column: Phase): string => {
    if (row.taps.length === 0 || column.taps.length === 0) {
      zeros ??= emit.node("Expand", [emit.floats([1], [0]), emit.ints([n, c, rows, columns])]);
      return zeros;
    }
    const pads = [row.padBefore, column.padBefore, row.padAfter, column.padAfter];
    const cropped = crop(emit, input, dy!, lanes, pads);
    return convolve(
      row,
      column,
      cropped,
      pads.map((p) => Math.max(p, 0)),
    );
  };
  if (stride === 1) return phase(rowPhases[0]!, columnPhases[0]!);
  const strips = rowPhases.map((row) => {
    const parts = columnPhases.map((column) => {
      const part = phase(row, column);
      return emit.node("Reshape", [part, emit.ints([(n * c) / lanes, rows * columns, 1, lanes])]);
    });
    const woven = emit.node("Concat", parts, { axis: 2 });
    return emit.node("Reshape", [woven, emit.ints([(n * c) / lanes, rows, 1, columns * stride * lanes])]);
  });
  const woven = emit.node("Concat", strips, { axis: 2 });
  const [fullH, fullW] = [rows * stride, columns * stride];
  if (fullH === h && fullW === width) return emit.node("Reshape", [woven, emit.ints(shape)]);
  const grid = emit.node("Reshape", [woven, emit.ints([(n * c) / lanes, fullH, fullW, lanes])]);
  const kept = emit.node("Slice", [grid, emit.ints([0, 0]), emit.ints([h, width]), emit.ints([1, 2])]);
  return emit.node("Reshape", [kept, emit.ints(shape)]);
}

/** Negative pads drop rows and columns of dy that no input position of this phase reads. */
function crop(emit: Emitter, input: string, dy: Value, lanes: number, pads: readonly number[]): string {
  if (pads.every((p) => p >= 0)) return input;
  const [n, o, h, w] = dy.shape as [number, number, number, number];
  const [top, left, bottom, right] = pads.map((p) => Math.max(-p, 0)) as [number, number, number, number];
  const grid = emit.node("Reshape", [input, emit.ints([(n * o) / lanes, h, w, lanes])]);
  const bounds = [emit.ints([top, left]), emit.ints([h - bottom, w - right]), emit.ints([1, 2])];
  const kept = emit.node("Slice", [grid, ...bounds]);
  return emit.node("Reshape", [kept, emit.ints([n, o, h - top - bottom, w - left - right])]);
}
