import { type Case, type Fill, input, opCase } from "./case.ts";

const plain = { transposeA: false, transposeB: false };

/** Leading axes of both sides; a [.., 3, 5] times b [.., 5, 4], each transposed or not. */
const products = (
  [
    [[2], []],
    [[2, 3], []],
    [[], [2]],
    [[2], [2]],
    [
      [2, 3],
      [2, 3],
    ],
    [
      [2, 1],
      [1, 3],
    ],
    [[2, 3], [3]],
    [[1], [2]],
    [[2], [1, 1]],
    [[], [1]],
  ] as const
).flatMap(([a, b]) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      opCase("matmul", {
        inputs: [input([...a, ...(transposeA ? [5, 3] : [3, 5])]), input([...b, ...(transposeB ? [4, 5] : [5, 4])])],
        attributes: { transposeA, transposeB },
      }),
    ),
  ),
);

const attentions = [
  opCase("matmul", { inputs: [input([2, 16, 3, 5]), input([2, 16, 5, 3])], attributes: plain, inBlocks: true }),
  opCase("matmul", { inputs: [input([3, 17, 33]), input([33, 40])], attributes: plain }),
];

const softmaxes = [[5], [1, 1], [3, 7], [2, 3, 70], [2, 16, 3, 5]].map((shape) =>
  opCase("softmax", { inputs: [input(shape)], attributes: {}, inBlocks: true }),
);

const norms = [[6], [4, 7], [2, 3, 33], [2, 2, 3, 8], [2, 16, 3, 5], [3, 1]].flatMap((shape) => {
  const width = shape.at(-1)!;
  const statistic = [...shape.slice(0, -1), 1];
  return [
    opCase("layerNorm", {
      inputs: [input(shape), input([width]), input([width])],
      // Of one number, x - mean is 0 and 1 / sd is 1 / sqrt(epsilon): large for no reason.
      attributes: { epsilon: width === 1 ? 1 : 1e-5 },
      inBlocks: true,
    }),
    opCase("layerNormGradient", {
      inputs: [input(shape), input(shape), input([width]), input(statistic), input(statistic, "positive")],
      attributes: {},
      inBlocks: true,
    }),
  ];
});

/** Rows whose mean is far larger than their deviation: the mean of squares less the squared mean would lose the variance. */
const farFromZero: Case = {
  name: "layerNorm of rows far from zero",
  inputs: [input([4, 24]), input([24], "positive"), input([24])],
  wrt: [0, 1, 2],
  tolerance: 2e-3,
  build: (graph, [x, gamma, beta]) => {
    const far = graph.op("add", [x!, graph.scalar(3000)]);
    return [graph.op("layerNorm", [far, gamma!, beta!], { epsilon: 1e-5 })];
  },
};

const gathers = (
  [
    [[5], 0, [1, 2, 3]],
    [[5], 0, [2]],
    [[4, 3], 0, [3, 2, 1, 0]],
    [[4, 3], 1, [2, 0]],
    [[4, 3], 0, [1, 1]],
    [[2, 5, 3], 1, [4, 0, 0, 4, 4, 2, 4]],
    [[2, 16, 3, 4], 1, [15, 0, 1, 1, 1, 1, 1, 1, 3]],
    [[3, 2], 0, [0, 1, 2, 0, 1, 2, 0, 1]],
  ] as const
).map(([shape, axis, indices]) =>
  opCase("gather", { inputs: [input(shape)], attributes: { axis, indices }, inBlocks: true }),
);

/** Broadcasts and reductions over several axes as attention has them. */
const broadcasts = (["add", "sub", "mul", "div"] as const).flatMap((op) =>
  (
    [
      [
        [2, 3, 4, 4],
        [1, 3, 4, 4],
      ],
      [[2, 4, 6], [6]],
      [
        [1, 1, 4, 4],
        [2, 3, 4, 4],
      ],
      [
        [2, 3, 1, 4],
        [1, 3, 5, 1],
      ],
      [[6], [2, 4, 6]],
    ] as const
  ).map(([a, b]) => {
    const fill: Fill = op === "div" ? "positive" : "normal";
    return opCase(op, { inputs: [input(a), input(b, fill)], attributes: {} });
  }),
);

const shapes = [
  opCase("transpose", { inputs: [input([2, 4, 3, 5])], attributes: { perm: [0, 2, 1, 3] } }),
  opCase("transpose", { inputs: [input([2, 3, 2, 4, 5])], attributes: { perm: [2, 0, 3, 1, 4] } }),
  opCase("expand", { inputs: [input([1, 1, 6])], attributes: { shape: [3, 1, 6] } }),
  opCase("expand", { inputs: [input([1, 3, 1, 2])], attributes: { shape: [2, 3, 4, 2] } }),
  opCase("concat", { inputs: [input([2, 1, 6]), input([2, 5, 6])], attributes: { axis: 1 } }),
  opCase("slice", { inputs: [input([2, 5, 6])], attributes: { axis: 1, start: 0, end: 1 } }),
  opCase("pad", { inputs: [input([2, 4, 4, 3])], attributes: { axis: 1, before: 1, after: 2 } }),
  opCase("reduceMean", { inputs: [input([2, 5, 6])], attributes: { axes: [1], keepDims: false } }),
  opCase("reduceMean", { inputs: [input([2, 4, 4, 3])], attributes: { axes: [1, 2], keepDims: true } }),
  opCase("reduceSum", { inputs: [input([2, 4, 4, 3])], attributes: { axes: [0, 1, 3], keepDims: false } }),
  opCase("select", {
    inputs: [input([1, 1, 4, 4], "bits"), input([2, 3, 4, 4]), input([3, 1, 1])],
    attributes: {},
    wrt: [1, 2],
  }),
];

/** A pre-norm block of a vision transformer: attention with a bias of its own, then the perceptron. */
const block: Case = {
  name: "transformer block",
  inputs: [
    input([2, 5, 8]),
    input([8], "positive"),
    input([8]),
    input([24, 8]),
    input([24]),
    input([2, 5, 5]),
    input([8, 8]),
    input([8, 16]),
    input([16, 8]),
  ],
  wrt: [0, 1, 2, 3, 4, 5, 6, 7, 8],
  tolerance: 1e-4,
  build: (graph, [x, gamma, beta, wqkv, bqkv, bias, wo, w1, w2]) => {
    const product = (a: typeof x, b: typeof x, transposeB = false) =>
      graph.op("matmul", [a!, b!], { transposeA: false, transposeB });
    const norm = (v: typeof x) => graph.op("layerNorm", [v!, gamma!, beta!], { epsilon: 1e-6 });
    const qkv = graph.op("add", [product(norm(x), wqkv, true), bqkv!]);
    const split = graph.op("transpose", [graph.op("reshape", [qkv], { shape: [2, 5, 3, 2, 4] })], {
      perm: [2, 0, 3, 1, 4],
    });
    const [q, k, v] = [0, 1, 2].map((i) =>
      graph.op("reshape", [graph.op("gather", [split], { axis: 0, indices: [i] })], { shape: [2, 2, 5, 4] }),
    );
    const scores = graph.op("add", [graph.op("mul", [product(q, k, true), graph.scalar(0.5)]), bias!]);
    const mixed = product(graph.op("softmax", [scores]), v);
    const joined = graph.op("reshape", [graph.op("transpose", [mixed], { perm: [0, 2, 1, 3] })], { shape: [2, 5, 8] });
    const attended = graph.op("add", [x!, product(joined, wo)]);
    const hidden = graph.op("gelu", [product(norm(attended), w1)], { approximate: "none" });
    return [graph.op("add", [attended, product(hidden, w2)])];
  },
};

export const transformerCases: readonly Case[] = [
  ...products,
  ...attentions,
  ...softmaxes,
  ...norms,
  ...gathers,
  ...broadcasts,
  ...shapes,
];

export const transformerNetworks: readonly Case[] = [farFromZero, block];
