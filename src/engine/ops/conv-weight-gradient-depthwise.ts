import { convAttributes, plainConvolution } from "./conv-attributes.ts";
import { type ConvProblem, exactPads } from "./conv-problem.ts";
import type { Emitter } from "./definition.ts";

/**
 * The weight gradient of a depthwise convolution as one depthwise convolution with swapped roles: the channels of all
 * images are the N C channels of x, dy is their kernel, and strides and dilations change places, so that
 *   out[n, o, i, j] = sum over p, q of dy[n, o, p, q] x[n, c, stride p + dilation i - pad, stride q + dilation j - pad].
 * The images' results are summed. `lanes` is the block of x and dy (1: plain order). Blocked dy has the memory order of
 * a depthwise kernel already. In plain order an input channel may have several output channels.
 */
export function depthwiseWeightGradient(
  emit: Emitter,
  problem: ConvProblem,
  { x, dy, lanes }: { readonly x: string; readonly dy: string; readonly lanes: number },
): string {
  const { n, c, h, w, o, outH, outW, kernel, strides, pads, dilations } = problem;
  const [below, right] = exactPads(problem);
  const convolution = {
    kernel: [outH, outW],
    strides: dilations,
    pads: [pads[0], pads[1], Math.max(below, 0), Math.max(right, 0)],
    dilations: strides,
    groups: n * c,
  } as const;
  const images = emit.node("Reshape", [x, emit.ints([1, n * c, h, w])]);
  const filters = emit.node("Reshape", [dy, emit.ints([n * o, 1, outH, outW])]);
  const each =
    lanes === 1
      ? plainConvolution(emit, images, filters, convolution)
      : emit.node("com.microsoft.nchwc:Conv", [images, filters], convAttributes(convolution));
  const rows = kernel[0] + Math.floor(Math.max(-below, 0) / dilations[0]);
  const columns = kernel[1] + Math.floor(Math.max(-right, 0) / dilations[1]);
  const byImage = emit.node("Reshape", [each, emit.ints([n, o * rows * columns])]);
  const summed = emit.node("ReduceSum", [byImage, emit.ints([0])], { keepdims: 0 });
  const split = emit.node("Reshape", [summed, emit.ints([o / lanes, rows * columns, lanes])]);
  const plain = lanes === 1 ? split : emit.node("Transpose", [split], { perm: [0, 2, 1] });
  const taps = emit.node("Reshape", [plain, emit.ints([o, 1, rows, columns])]);
  if (rows === kernel[0] && columns === kernel[1]) return taps;
  return emit.node("Slice", [taps, emit.ints([0, 0]), emit.ints(kernel), emit.ints([2, 3])]);
}
