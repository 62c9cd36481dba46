import { type Case, input, opCase } from "./case.ts";

interface Convolution {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly size: readonly [number, number];
  readonly kernel: number;
  readonly stride?: number;
  readonly pad?: number;
}

/** Channels that are multiples of 16, of 8 only, of neither, and fewer than a block; every pairing of sizes and strides in use. */
const convolutions: readonly Convolution[] = [
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

const convolutionCases = convolutions.map(({ n, c, o, size, kernel, stride = 1, pad = (kernel - 1) >> 1 }) =>
  opCase("conv2d", { inputs: [input([n, c, ...size]), input([o, c, kernel, kernel])], attributes: { stride, pad } }),
);

const convolutionGradients = [
  opCase("conv2dInputGradient", {
    inputs: [input([2, 16, 3, 3]), input([16, 16, 3, 3])],
    attributes: { shape: [2, 16, 5, 6], stride: 2, pad: 1 },
  }),
  opCase("conv2dInputGradient", {
    inputs: [input([1, 5, 4, 2]), input([5, 3, 1, 1])],
    attributes: { shape: [1, 3, 7, 4], stride: 2, pad: 0 },
  }),
  opCase("conv2dWeightGradient", {
    inputs: [input([4, 32, 3, 5]), input([4, 16, 3, 5])],
    attributes: { shape: [16, 32, 3, 3], stride: 1, pad: 1 },
  }),
  opCase("conv2dWeightGradient", {
    inputs: [input([3, 2, 7, 5]), input([3, 4, 4, 3])],
    attributes: { shape: [4, 2, 3, 3], stride: 2, pad: 1 },
  }),
];

const normalised = (
  [
    [2, 16, 3, 5],
    [4, 32, 2, 2],
    [1, 24, 4, 4],
    [3, 5, 3, 3],
    [5, 16, 1, 1],
  ] as const
).flatMap((shape) => {
  const vectors = [input([shape[1]], "positive"), input([shape[1]])];
  const attributes = { epsilon: 1e-5 };
  const of = (relu: boolean, residual: boolean): Case =>
    opCase("batchNorm", {
      inputs: [input(shape), ...vectors, ...(residual ? [input(shape)] : [])],
      attributes: { ...attributes, relu },
      tolerance: 5e-5,
    });
  return [
    of(false, false),
    of(true, false),
    of(true, true),
    opCase("batchNormGradient", {
      inputs: [input(shape), input(shape), vectors[0]!, vectors[1]!, input([shape[1]], "positive")],
      attributes,
    }),
    opCase("batchNormInference", {
      inputs: [input(shape), ...vectors, input([shape[1]]), input([shape[1]], "positive")],
      attributes,
      inBlocks: true,
    }),
  ];
});

const pools = (
  [
    [[2, 16, 6, 6], 3, 2, 1],
    [[1, 16, 7, 5], 3, 2, 1],
    [[2, 3, 5, 6], 2, 2, 0],
    [[1, 5, 5, 5], 3, 1, 1],
    [[1, 16, 5, 4], 2, 1, 0],
    [[1, 24, 7, 7], 2, 3, 0],
  ] as const
).flatMap(([shape, kernel, stride, pad]) => {
  const attributes = { kernel, stride, pad };
  const size = (n: number) => Math.floor((n + 2 * pad - kernel) / stride) + 1;
  const pooled = [shape[0], shape[1], size(shape[2]), size(shape[3])];
  return [
    opCase("maxPool", { inputs: [input(shape, "distinct")], attributes, inBlocks: true }),
    maxPoolTies(shape, pooled, attributes),
  ];
});

/** Equal maxima in one window: the gradient goes to the first, as in PyTorch. Differences do not exist there. */
function maxPoolTies(
  shape: readonly number[],
  pooled: readonly number[],
  attributes: { kernel: number; stride: number; pad: number },
): Case {
  const window = `kernel ${attributes.kernel}, stride ${attributes.stride}, pad ${attributes.pad}`;
  return {
    name: `maxPoolGradient [${shape.join(", ")}], ${window}, with ties`,
    inputs: [input(shape, "ties"), input(pooled)],
    wrt: [],
    tolerance: 2e-5,
    build: (graph, [x, dy]) => {
      const y = graph.op("maxPool", [x!], attributes);
      return [graph.op("maxPoolGradient", [dy!, x!, y], attributes)];
    },
  };
}

const means = (
  [
    [2, 16, 3, 5],
    [1, 5, 4, 4],
    [3, 32, 1, 1],
  ] as const
).flatMap((shape) => [
  opCase("globalAveragePool", { inputs: [input(shape)], attributes: {}, inBlocks: true }),
  opCase("globalAveragePoolGradient", { inputs: [input(shape.slice(0, 2))], attributes: { shape } }),
]);

export const networkCases: readonly Case[] = [
  ...convolutionCases,
  ...convolutionGradients,
  ...normalised,
  ...pools,
  ...means,
];
