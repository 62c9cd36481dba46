import type { Shape } from "../../core/index.ts";
import type { Convolution, Pair } from "../graph/index.ts";

/** The sizes of a convolution: x [N, C, H, W], dy [N, O, H', W'], weight [O, C / groups, KH, KW]. */
export interface ConvProblem extends Convolution {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly o: number;
  readonly outH: number;
  readonly outW: number;
  readonly kernel: Pair;
}

export function convProblem(x: Shape, weight: Shape, dy: Shape, convolution: Convolution): ConvProblem {
  const [n, c, h, w] = x as [number, number, number, number];
  const [, o, outH, outW] = dy as [number, number, number, number];
  const [, , kh, kw] = weight as [number, number, number, number];
  const { strides, pads, dilations, groups } = convolution;
  return { n, c, h, w, o, outH, outW, kernel: [kh, kw], strides, pads, dilations, groups };
}

/** Whether every channel is a group of its own: one input channel and one or more output channels. */
export const isDepthwise = ({ c, groups }: Pick<ConvProblem, "c" | "groups">): boolean => groups > 1 && groups === c;

/** Whether the kernel's places lie side by side: each value of x belongs to at most one of them. */
export const inPatches = ({ kernel, strides, pads, dilations, groups }: ConvProblem): boolean =>
  groups === 1 &&
  kernel[0] * kernel[1] > 1 &&
  [0, 1].every((axis) => kernel[axis] === strides[axis] && dilations[axis] === 1) &&
  pads.every((pad) => pad === 0);

/** Zeros below and right of x so that a tap meets every position of dy and no more; negative where x has more. */
export function exactPads({ h, w, outH, outW, kernel, strides, pads, dilations }: ConvProblem): Pair {
  const reach = (axis: 0 | 1, out: number) => (kernel[axis] - 1) * dilations[axis] + strides[axis] * (out - 1) + 1;
  return [reach(0, outH) - h - pads[0], reach(1, outW) - w - pads[1]];
}

/**
 * Why the blocked kernels cannot compute a convolution of these channels. They have no guard of their own: other channel
 * counts give garbage silently.
 */
export function unfitForBlocks(block: number, { c, o, groups }: Pick<ConvProblem, "c" | "o" | "groups">) {
  if (groups > 1 && !(groups === c && groups === o)) {
    const fit = (c / groups) % block === 0 && (o / groups) % block === 0;
    return fit ? undefined : "the channels of a group are no multiple of the block";
  }
  if (o % block !== 0) return "output channels are no multiple of the block";
  if (c >= block && c % block !== 0) return "input channels are no multiple of the block";
  return undefined;
}
