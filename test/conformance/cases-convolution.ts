import { squareConvolution } from "../../src/engine/index.ts";
import { type Case, input, opCase } from "./case.ts";

interface SquareCase {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
}

/** Channels that are multiples of 16, of 8 only, of neither, and fewer than a block; every pairing of sizes and strides in use. */
const squares: readonly SquareCase[] = [
  { n: 2, c: 16, o: 16, size: [5, 5], kernel: 3 },
  { n: 4, c: 16, o: 16, size: [4, 6], kernel: 3 },
  { n: 5, c: 16, o: 32, size: [3, 3], kernel: 3 },
  { n: 1, c: 32, o: 16, size: [5, 3], kernel: 3 },
  { n: 2, c: 3, o: 16, size: [6, 6], kernel: 3 },
  { n: 3, c: 3, o: 16, size: [7, 5], kernel: 3, stride: 2 },
  { n: 1, c: 3, o: 16, size: [11, 12], kernel: 7, stride: 2 },
  { n: 2, c: 1, o: 16, size: [5, 5], kernel: 3 },
  { n: 2, c: 3, o: 5, size: [5, 6], kernel: 3 },
  { n: 2, c: 5, o: 7, size: [5, 5], kernel: 3, stride: 2 },
  { n: 2, c: 8, o: 24, size: [4, 4], kernel: 3 },
  { n: 1, c: 24, o: 8, size: [5, 4], kernel: 3, stride: 2 },
  { n: 2, c: 16, o: 20, size: [4, 4], kernel: 3 },
  { n: 2, c: 20, o: 16, size: [4, 4], kernel: 3 },
  { n: 2, c: 16, o: 16, size: [6, 6], kernel: 3, stride: 2 },
  { n: 3, c: 16, o: 32, size: [7, 5], kernel: 3, stride: 2 },
  { n: 1, c: 16, o: 16, size: [8, 7], kernel: 3, stride: 3 },
  { n: 2, c: 16, o: 32, size: [5, 4], kernel: 1 },
  { n: 3, c: 32, o: 16, size: [4, 4], kernel: 1, stride: 2 },
  { n: 2, c: 16, o: 16, size: [5, 7], kernel: 1, stride: 2 },
  { n: 2, c: 3, o: 4, size: [5, 5], kernel: 1, stride: 2 },
  { n: 1, c: 16, o: 16, size: [7, 7], kernel: 7 },
  { n: 1, c: 16, o: 16, size: [9, 8], kernel: 7, stride: 2 },
  { n: 2, c: 4, o: 6, size: [9, 8], kernel: 7, stride: 2 },
  { n: 2, c: 16, o: 16, size: [5, 6], kernel: 3, pad: 0 },
  { n: 2, c: 16, o: 16, size: [7, 6], kernel: 3, stride: 2, pad: 0 },
  { n: 1, c: 16, o: 16, size: [4, 4], kernel: 3, pad: 2 },
  { n: 1, c: 16, o: 16, size: [6, 5], kernel: 5 },
  { n: 1, c: 16, o: 16, size: [1, 1], kernel: 3 },
  { n: 2, c: 16, o: 16, size: [2, 2], kernel: 3, stride: 2 },
  { n: 1, c: 16, o: 16, size: [2, 1], kernel: 1 },
  { n: 6, c: 16, o: 16, size: [4, 3], kernel: 3 },
  { n: 32, c: 16, o: 16, size: [3, 2], kernel: 3 },
  { n: 2, c: 176, o: 16, size: [3, 3], kernel: 3 },
];

const squareCases = squares.map(({ n, c, o, size, kernel, stride = 1, pad = (kernel - 1) >> 1 }) =>
  opCase("conv2d", {
    inputs: [input([n, c, ...size]), input([o, c, kernel, kernel])],
    attributes: squareConvolution({ stride, pad }),
  }),
);

const convolutionGradients = [
  opCase("conv2dInputGradient", {
    inputs: [input([2, 16, 3, 3]), input([16, 16, 3, 3])],
    attributes: { shape: [2, 16, 5, 6], ...squareConvolution({ stride: 2, pad: 1 }) },
  }),
  opCase("conv2dInputGradient", {
    inputs: [input([1, 5, 4, 2]), input([5, 3, 1, 1])],
    attributes: { shape: [1, 3, 7, 4], ...squareConvolution({ stride: 2, pad: 0 }) },
  }),
  opCase("conv2dWeightGradient", {
    inputs: [input([4, 32, 3, 5]), input([4, 16, 3, 5])],
    attributes: { shape: [16, 32, 3, 3], ...squareConvolution({ stride: 1, pad: 1 }) },
  }),
  opCase("conv2dWeightGradient", {
    inputs: [input([3, 2, 7, 5]), input([3, 4, 4, 3])],
    attributes: { shape: [4, 2, 3, 3], ...squareConvolution({ stride: 2, pad: 1 }) },
  }),
];

interface GeneralCase {
  /** [N, C, H, W] */
  readonly x: readonly [number, number, number, number];
  readonly o: number;
  readonly kernel: Pair;
  readonly strides?: Pair;
  readonly pads?: Pads;
  readonly dilations?: Pair;
  readonly groups?: number;
}
type Pair = readonly [number, number];
type Pads = readonly [number, number, number, number];

/** TensorFlow's SAME of stride 2 on even sizes, for kernels 3 and 5. */
const same3: Pads = [0, 0, 1, 1];
const same5: Pads = [1, 1, 2, 2];
const around = (pad: number): Pads => [pad, pad, pad, pad];
const step2: Pair = [2, 2];

/** Depthwise, for blocks of 16, of 8, and neither. */
const depthwise: readonly GeneralCase[] = [
  { x: [2, 16, 6, 6], o: 16, kernel: [3, 3], pads: around(1) },
  { x: [1, 32, 5, 7], o: 32, kernel: [3, 3], pads: around(1) },
  { x: [3, 16, 6, 8], o: 16, kernel: [3, 3], strides: step2, pads: same3 },
  { x: [1, 16, 7, 5], o: 16, kernel: [3, 3], strides: step2, pads: around(1) },
  { x: [2, 16, 8, 6], o: 16, kernel: [5, 5], strides: step2, pads: same5 },
  { x: [2, 24, 5, 5], o: 24, kernel: [5, 5], pads: around(2) },
  { x: [1, 16, 7, 7], o: 16, kernel: [7, 7], pads: around(3) },
  { x: [2, 16, 5, 4], o: 16, kernel: [1, 1] },
  { x: [2, 16, 6, 5], o: 16, kernel: [1, 1], strides: step2 },
  { x: [2, 16, 9, 8], o: 16, kernel: [3, 3], pads: around(2), dilations: step2 },
  { x: [1, 16, 9, 10], o: 16, kernel: [3, 3], strides: step2, pads: [1, 2, 2, 1], dilations: step2 },
  { x: [1, 16, 8, 9], o: 16, kernel: [2, 3], strides: [3, 2], pads: [1, 0, 0, 1] },
  { x: [2, 16, 3, 3], o: 16, kernel: [3, 3] },
  { x: [2, 5, 6, 5], o: 5, kernel: [3, 3], strides: step2, pads: same3 },
  { x: [1, 12, 5, 5], o: 12, kernel: [3, 3], pads: around(1) },
  { x: [2, 16, 5, 6], o: 32, kernel: [3, 3], pads: around(1) },
  { x: [1, 3, 6, 6], o: 6, kernel: [3, 3], strides: step2, pads: same3 },
];

const grouped: readonly GeneralCase[] = [
  { x: [2, 32, 5, 5], o: 32, kernel: [3, 3], pads: around(1), groups: 2 },
  { x: [1, 64, 4, 5], o: 64, kernel: [3, 3], strides: step2, pads: same3, groups: 4 },
  { x: [2, 32, 6, 5], o: 64, kernel: [3, 3], strides: step2, pads: around(1), groups: 2 },
  { x: [3, 32, 4, 4], o: 32, kernel: [1, 1], groups: 2 },
  { x: [2, 16, 5, 5], o: 16, kernel: [3, 3], pads: around(1), groups: 4 },
  { x: [2, 16, 5, 6], o: 32, kernel: [3, 3], strides: step2, pads: around(1), groups: 4 },
  { x: [2, 6, 5, 4], o: 4, kernel: [3, 2], pads: [1, 0, 1, 1], groups: 2 },
  { x: [1, 32, 7, 7], o: 32, kernel: [3, 3], pads: around(2), dilations: step2, groups: 2 },
];

/** One group of channels: kernels with two sides, pads and strides of their own, dilation, and patches. */
const general: readonly GeneralCase[] = [
  { x: [2, 32, 4, 12], o: 16, kernel: [1, 1] },
  { x: [3, 16, 12, 12], o: 32, kernel: [1, 1] },
  { x: [1, 16, 1, 1], o: 16, kernel: [1, 1], strides: [3, 3], pads: [2, 1, 0, 2] },
  { x: [2, 16, 5, 9], o: 16, kernel: [1, 7], pads: [0, 3, 0, 3] },
  { x: [2, 16, 9, 5], o: 32, kernel: [7, 1], pads: [3, 0, 3, 0] },
  { x: [1, 5, 8, 4], o: 6, kernel: [7, 1], pads: [3, 0, 3, 0] },
  { x: [2, 3, 8, 8], o: 16, kernel: [3, 3], strides: step2, pads: same3 },
  { x: [2, 16, 8, 8], o: 16, kernel: [3, 3], strides: step2, pads: same3 },
  { x: [1, 16, 6, 7], o: 16, kernel: [3, 3], pads: [0, 2, 1, 0] },
  { x: [2, 16, 6, 8], o: 16, kernel: [3, 3], strides: [2, 1], pads: around(1) },
  { x: [2, 16, 7, 6], o: 16, kernel: [3, 2], strides: [1, 2], pads: [1, 0, 1, 0] },
  { x: [2, 16, 7, 7], o: 16, kernel: [3, 3], pads: around(2), dilations: step2 },
  { x: [1, 16, 9, 8], o: 16, kernel: [3, 3], strides: step2, pads: around(2), dilations: step2 },
  { x: [1, 16, 9, 10], o: 16, kernel: [3, 3], strides: step2, pads: [1, 2, 3, 0], dilations: [3, 1] },
  { x: [1, 3, 9, 9], o: 16, kernel: [3, 3], pads: around(2), dilations: step2 },
  { x: [2, 4, 8, 7], o: 3, kernel: [3, 3], strides: [3, 2], pads: [2, 1, 0, 1], dilations: [2, 3] },
  { x: [2, 3, 8, 8], o: 16, kernel: [4, 4], strides: [4, 4] },
  { x: [1, 3, 11, 9], o: 24, kernel: [4, 4], strides: [4, 4] },
  { x: [1, 3, 32, 16], o: 16, kernel: [16, 16], strides: [16, 16] },
  { x: [2, 16, 6, 4], o: 32, kernel: [2, 2], strides: step2 },
  { x: [1, 16, 7, 5], o: 16, kernel: [2, 2], strides: step2 },
  { x: [1, 5, 7, 5], o: 4, kernel: [2, 3], strides: [2, 3] },
  { x: [1, 16, 5, 5], o: 16, kernel: [1, 1], pads: around(1) },
  { x: [1, 16, 6, 8], o: 16, kernel: [3, 3], strides: [4, 5] },
];

/** Images in whole blocks, which the weight gradient may take for its positions. */
const manyImages: readonly GeneralCase[] = [
  { x: [16, 32, 5, 7], o: 16, kernel: [3, 3], strides: step2, pads: [1, 2, 3, 0], dilations: [3, 1] },
  { x: [32, 16, 6, 5], o: 32, kernel: [3, 3], pads: around(2), dilations: step2 },
  { x: [16, 3, 9, 8], o: 16, kernel: [7, 7], strides: step2, pads: around(3) },
  { x: [16, 5, 4, 6], o: 16, kernel: [1, 3], pads: [0, 0, 0, 1] },
  { x: [48, 16, 4, 3], o: 16, kernel: [1, 1], strides: step2 },
  { x: [16, 16, 7, 6], o: 32, kernel: [3, 2], strides: [1, 2], pads: [1, 0, 1, 0] },
  { x: [8, 8, 5, 5], o: 8, kernel: [3, 3], pads: around(1) },
];

const depthwiseCases = depthwise.map((spec) => ({ ...spec, groups: spec.x[1] }));
const generalCases = [...depthwiseCases, ...grouped, ...general, ...manyImages].map(
  ({ x, o, kernel, strides = [1, 1], pads = around(0), dilations = [1, 1], groups = 1 }) =>
    opCase("conv2d", {
      inputs: [input(x), input([o, x[1] / groups, ...kernel])],
      attributes: { strides, pads, dilations, groups },
    }),
);

export const convolutionCases: readonly Case[] = [...squareCases, ...convolutionGradients, ...generalCases];
