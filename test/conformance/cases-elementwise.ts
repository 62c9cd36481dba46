import { gradients, type OpName } from "../../src/engine/index.ts";
import { type Case, type Fill, input, opCase } from "./case.ts";

/** Ranks 0 to 5, either side stretched, both at once, and the four-dimensional shapes that may be in blocks. */
const pairs: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [[], []],
  [[5], []],
  [[], [2, 3]],
  [
    [2, 3, 4],
    [2, 3, 4],
  ],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 1, 3, 1, 2],
    [4, 1, 5, 1],
  ],
];

const blockedPairs: typeof pairs = [
  [
    [2, 16, 3, 5],
    [2, 16, 3, 5],
  ],
  [[2, 16, 3, 5], []],
  [[], [1, 32, 2, 2]],
  [
    [2, 16, 3, 5],
    [16, 1, 1],
  ],
  ...[
    [1, 16, 1, 1],
    [2, 16, 1, 1],
    [2, 1, 3, 5],
    [2, 16, 3, 1],
    [1, 1, 1, 1],
  ].flatMap((vector): typeof pairs => [
    [[2, 16, 3, 5], vector],
    [vector, [2, 16, 3, 5]],
  ]),
  [
    [16, 1, 1],
    [1, 16, 3, 5],
  ],
  [
    [1, 24, 3, 2],
    [1, 24, 3, 2],
  ],
  [
    [1, 5, 3, 2],
    [1, 5, 3, 2],
  ],
];

const binary = (["add", "sub", "mul", "div"] as const).flatMap((op) => {
  const denominator: Fill = op === "div" ? "positive" : "normal";
  const of = (list: typeof pairs, inBlocks: boolean): Case[] =>
    list.map(([a, b]) => opCase(op, { inputs: [input(a), input(b, denominator)], attributes: {}, inBlocks }));
  return [...of(pairs, false), ...of(blockedPairs, true)];
});

const comparisons = (["equal", "greater"] as const).flatMap((op) =>
  [pairs[0]!, pairs[4]!, pairs[5]!, blockedPairs[0]!].map(([a, b]) =>
    opCase(op, { inputs: [input(a, "labels"), input(b, "labels")], attributes: {}, inBlocks: a.length === 4 }),
  ),
);

const integers = (["add", "mul", "equal"] as const).map((op) =>
  opCase(op, { inputs: [input([3, 1], "labels", "int32"), input([4], "labels", "int32")], attributes: {} }),
);

const selects = (
  [
    [[], [], []],
    [[2, 3], [2, 3], []],
    [
      [2, 3, 1],
      [3, 4],
      [2, 1, 4],
    ],
    [[4, 5], [], [4, 5]],
  ] as const
).map((shapes) =>
  opCase("select", {
    inputs: [input(shapes[0], "bits"), input(shapes[1]), input(shapes[2])],
    attributes: {},
    wrt: [1, 2],
  }),
);

const unaryFills = {
  neg: "normal",
  exp: "normal",
  log: "positive",
  sqrt: "positive",
  reciprocal: "positive",
  relu: "awayFromZero",
  sigmoid: "normal",
  tanh: "normal",
  erf: "normal",
} as const satisfies Partial<Record<OpName, Fill>>;

const unary = (Object.entries(unaryFills) as [keyof typeof unaryFills, Fill][]).flatMap(([op, fill]) =>
  [[], [7], [2, 3, 4], [2, 16, 3, 3], [1, 20, 2, 3]].map((shape) =>
    opCase(op, { inputs: [input(shape, fill)], attributes: {}, inBlocks: shape.length === 4 }),
  ),
);

const reluGradients = [
  [4, 5],
  [2, 16, 3, 3],
  [1, 5, 2, 2],
].map((shape) =>
  opCase("reluGradient", { inputs: [input(shape), input(shape, "awayFromZero")], attributes: {}, inBlocks: true }),
);

const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;

/** Bounds that no value of the fill "distinct" is near. */
const clips = [
  { min: -0.53, max: 0.41 },
  { min: 0.03, max: POSITIVE_INFINITY },
  { min: NEGATIVE_INFINITY, max: 0.22 },
  { min: NEGATIVE_INFINITY, max: POSITIVE_INFINITY },
].flatMap((attributes) =>
  [[], [2, 3, 4], [2, 16, 3, 3], [1, 5, 2, 2]].map((shape) =>
    opCase("clip", { inputs: [input(shape, "distinct")], attributes, inBlocks: true }),
  ),
);

/** The values 0, 1 and 2 stand at a bound and on either side of it. */
const clipGradients = [
  { min: 1, max: 6 },
  { min: -1, max: 1 },
  { min: 1, max: 1 },
  { min: 1, max: POSITIVE_INFINITY },
].flatMap((attributes) =>
  [
    [4, 5],
    [2, 16, 3, 3],
  ].map((shape) =>
    opCase("clipGradient", { inputs: [input(shape), input(shape, "ties")], attributes, inBlocks: true }),
  ),
);

const powers = [
  ...[0, 1, 2, 3].map((exponent) => opCase("pow", { inputs: [input([3, 4], "ties")], attributes: { exponent } })),
  ...[-2, -1, 2, 3, 5].map((exponent) =>
    opCase("pow", { inputs: [input([2, 16, 3, 2], "awayFromZero")], attributes: { exponent }, inBlocks: true }),
  ),
  ...[0.5, 1.5, -0.5, 2.25].map((exponent) =>
    opCase("pow", { inputs: [input([2, 3, 4], "positive")], attributes: { exponent } }),
  ),
];

/** x^(p-1) of zero is zero or one for p >= 1: no gradient there is NaN. Differences do not exist for every p. */
const powersAtZero: readonly Case[] = [1, 1.25, 1.5, 2, 2.5].map((exponent) => ({
  name: `pow, gradient at zero, exponent ${exponent}`,
  inputs: [input([3, 4], "ties")],
  wrt: [],
  tolerance: 2e-5,
  build: (graph, [x]) => {
    const y = graph.op("pow", [x!], { exponent });
    return gradients(graph, graph.op("reduceSum", [y], { axes: [0, 1], keepDims: false }), [x!]);
  },
}));

const gelus = (["none", "tanh"] as const).flatMap((approximate) => [
  ...[[], [7, 33], [2, 16, 3, 3], [1, 5, 2, 3]].map((shape) =>
    opCase("gelu", { inputs: [input(shape)], attributes: { approximate }, tolerance: 1e-6, inBlocks: true }),
  ),
  ...[
    [7, 33],
    [2, 16, 3, 3],
  ].map((shape) =>
    opCase("geluGradient", { inputs: [input(shape), input(shape)], attributes: { approximate }, inBlocks: true }),
  ),
]);

const casts = [
  opCase("cast", { inputs: [input([2, 3], "bits")], attributes: { to: "float32" } }),
  opCase("cast", { inputs: [input([4], "labels", "int32")], attributes: { to: "float32" } }),
  opCase("cast", { inputs: [input([3, 4])], attributes: { to: "int32" } }),
  opCase("cast", { inputs: [input([3, 4], "labels")], attributes: { to: "bool" } }),
];

export const elementwiseCases: readonly Case[] = [
  ...binary,
  ...comparisons,
  ...integers,
  ...selects,
  ...unary,
  ...reluGradients,
  ...clips,
  ...clipGradients,
  ...powers,
  ...powersAtZero,
  ...gelus,
  ...casts,
];
