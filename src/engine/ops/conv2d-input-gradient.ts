import type { Node, Pads, Pair, Value } from "../graph/index.ts";
import { convAttributes, plainConvolution } from "./conv-attributes.ts";
import { convPhases, type Phase } from "./conv-phases.ts";
import { isDepthwise, unfitForBlocks } from "./conv-problem.ts";
import { blockedWeight, plainWeight } from "./conv-weights.ts";
import { takesWinograd, winograd, winogradKernels } from "./conv-winograd.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { interleaved } from "./interleave.ts";
import { convolvedShape, expectFloats, expectShape } from "./window.ts";

/** Inputs: dy [N, O, H', W'], w [O, C / groups, KH, KW]. Output: dx of the attribute's shape [N, C, H, W]. */
export const conv2dInputGradient: OpDefinition<"conv2dInputGradient"> = {
  infer([dy, w], { shape, ...convolution }) {
    expectFloats("conv2dInputGradient", [dy!, w!]);
    expectShape("conv2dInputGradient", dy!, convolvedShape("conv2dInputGradient", shape, w!.shape, convolution));
    return [{ dtype: "float32", shape }];
  },

  lower(emit, node) {
    const [dy, w] = node.inputs as [Value, Value];
    const { groups } = node.attributes;
    const result = interleavedPhases(emit, node, emit.plain(dy), 1, ({ taps, kernel, pads, dilations, input }) => {
      const weight = plainWeight(emit, w, { taps, kernel, flip: true, groups });
      return plainConvolution(emit, input, weight, { kernel, pads, dilations, groups });
    });
    emit.definePlain(node.outputs[0]!, result);
  },

  lowerBlocked(emit, node) {
    const [dy, w] = node.inputs as [Value, Value];
    const { shape, groups, ...convolution } = node.attributes;
    const [n, , h, width] = shape as [number, number, number, number];
    const kernel = w.shape.slice(2) as unknown as Pair;
    const [c, o, b] = [shape[1]!, w.shape[0]!, emit.block];
    if (o % b !== 0 || c % b !== 0) return "channels are no multiple of the block";
    const refusal = unfitForBlocks(b, { c, o, groups });
    if (refusal !== undefined) return refusal;
    const problem = { n, c: o, o: c, h, w: width };
    if (takesWinograd(emit, "dX", problem, { kernel, groups, ...convolution })) {
      const kernels = winogradKernels(emit, w, { flip: true });
      emit.defineBlocked(node.outputs[0]!, winograd(emit, problem, emit.blocked(dy), kernels));
      return undefined;
    }
    const flip = !isDepthwise({ c, groups });
    const result = interleavedPhases(emit, node, emit.blocked(dy), b, ({ taps, kernel, pads, dilations, input }) => {
      const weight = blockedWeight(emit, w, { taps, kernel, flip, groups });
      const attributes = convAttributes({ kernel, pads, dilations, groups });
      return emit.node("com.microsoft.nchwc:Conv", [input, weight], attributes);
    });
    emit.defineBlocked(node.outputs[0]!, result);
    return undefined;
  },
};

/** A convolution of the output gradient, of stride 1. */
interface PhaseConvolution {
  readonly input: string;
  readonly taps: readonly number[];
  readonly kernel: Pair;
  readonly pads: Pads;
  readonly dilations: Pair;
}

/** Runs one stride-1 convolution a phase and interleaves the results; `lanes` is the block (1: plain order). */
function interleavedPhases(
  emit: Emitter,
  { inputs: [dy, w], attributes: { shape, strides, pads, dilations } }: Node<"conv2dInputGradient">,
  input: string,
  lanes: number,
  convolve: (convolution: PhaseConvolution) => string,
): string {
  const [n, c, h, width] = shape as [number, number, number, number];
  const phasesOf = (axis: 0 | 1): Phase[] =>
    convPhases({
      size: shape[axis + 2]!,
      out: dy!.shape[axis + 2]!,
      kernel: w!.shape[axis + 2]!,
      stride: strides[axis],
      dilation: dilations[axis],
      pad: pads[axis],
    });
  const [rowPhases, columnPhases] = [phasesOf(0), phasesOf(1)];
  const [rows, columns] = [Math.ceil(h / strides[0]), Math.ceil(width / strides[1])];
  let zeros: string | undefined;
  const phase = (row: Phase, column: Phase): string => {
    if (row.taps.length === 0 || column.taps.length === 0) {
      zeros ??= emit.node("Expand", [emit.floats([1], [0]), emit.ints([n, c, rows, columns])]);
      return zeros;
    }
    const around: Pads = [row.padBefore, column.padBefore, row.padAfter, column.padAfter];
    return convolve({
      input: crop(emit, input, dy!, lanes, around),
      taps: row.taps.flatMap((tap) => column.taps.map((other) => tap * w!.shape[3]! + other)),
      kernel: [row.taps.length, column.taps.length],
      pads: around.map((p) => Math.max(p, 0)) as unknown as Pads,
      dilations: [row.dilation, column.dilation],
    });
  };
  const phases = rowPhases.map((row) => columnPhases.map((column) => phase(row, column)));
  return interleaved(emit, phases, { shape, strides, lanes });
}

/** Negative pads drop rows and columns of dy that no input position of this phase reads. */
function crop(emit: Emitter, input: string, dy: Value, lanes: number, pads: Pads): string {
  if (pads.every((p) => p >= 0)) return input;
  const [n, o, h, w] = dy.shape as [number, number, number, number];
  const [top, left, bottom, right] = pads.map((p) => Math.max(-p, 0)) as [number, number, number, number];
  const grid = emit.node("Reshape", [input, emit.ints([(n * o) / lanes, h, w, lanes])]);
  const bounds = [emit.ints([top, left]), emit.ints([h - bottom, w - right]), emit.ints([1, 2])];
  const kept = emit.node("Slice", [grid, ...bounds]);
  return emit.node("Reshape", [kept, emit.ints([n, o, h - top - bottom, w - left - right])]);
}
