import { type Case, input, opCase } from "./case.ts";

const reductions = (["reduceSum", "reduceMean", "reduceMax"] as const).flatMap((op) =>
  (
    [
      [[7], [0]],
      [[3, 5], [0]],
      [[3, 5], [1]],
      [
        [2, 3, 4],
        [0, 2],
      ],
      [
        [2, 3, 4],
        [0, 1, 2],
      ],
      [
        [2, 16, 3, 5],
        [2, 3],
      ],
      [
        [2, 16, 3, 5],
        [0, 2, 3],
      ],
      [
        [2, 16, 3, 5],
        [0, 1],
      ],
      [
        [2, 5, 3, 4],
        [0, 2, 3],
      ],
    ] as const
  ).flatMap(([shape, axes]) =>
    [false, true].map((keepDims) =>
      opCase(op, { inputs: [input(shape)], attributes: { axes, keepDims }, inBlocks: shape.length === 4 }),
    ),
  ),
);

const shapes = [
  ...(
    [
      [[], [1, 1]],
      [
        [2, 6],
        [3, 4],
      ],
      [
        [2, 16, 3, 3],
        [2, 144],
      ],
      [[24], [2, 3, 4]],
    ] as const
  ).map(([from, shape]) => opCase("reshape", { inputs: [input(from)], attributes: { shape }, inBlocks: true })),
  ...(
    [
      [[], [2, 3]],
      [
        [3, 1],
        [3, 4],
      ],
      [
        [1, 4],
        [2, 3, 4],
      ],
      [
        [2, 16, 1, 1],
        [2, 16, 3, 5],
      ],
      [
        [2, 3],
        [2, 3],
      ],
    ] as const
  ).map(([from, shape]) => opCase("expand", { inputs: [input(from)], attributes: { shape }, inBlocks: true })),
  ...(
    [
      [[5], [0]],
      [
        [2, 3],
        [1, 0],
      ],
      [
        [2, 3, 4],
        [2, 0, 1],
      ],
      [
        [2, 16, 3, 5],
        [0, 2, 3, 1],
      ],
      [
        [2, 3, 4, 5],
        [3, 1, 0, 2],
      ],
    ] as const
  ).map(([from, perm]) => opCase("transpose", { inputs: [input(from)], attributes: { perm }, inBlocks: true })),
];

const pieces = [
  ...(
    [
      [[[3], [1], [4]], 0],
      [
        [
          [2, 1],
          [2, 5],
        ],
        1,
      ],
      [
        [
          [1, 3, 2],
          [4, 3, 2],
        ],
        0,
      ],
      [
        [
          [2, 16, 3, 3],
          [2, 32, 3, 3],
        ],
        1,
      ],
      [[[2, 3]], 1],
    ] as const
  ).map(([list, axis]) =>
    opCase("concat", { inputs: list.map((shape) => input(shape)), attributes: { axis }, inBlocks: true }),
  ),
  ...(
    [
      [[7], 0, 2, 5],
      [[4, 5], 1, 0, 1],
      [[4, 5], 0, 3, 4],
      [[2, 32, 3, 3], 1, 8, 24],
      [[2, 3], 1, 0, 3],
    ] as const
  ).map(([shape, axis, start, end]) =>
    opCase("slice", { inputs: [input(shape)], attributes: { axis, start, end }, inBlocks: true }),
  ),
  ...(
    [
      [[5], 0, 1, 2],
      [[2, 3], 1, 0, 2],
      [[2, 3, 4], 0, 3, 0],
      [[2, 16, 3, 3], 2, 1, 1],
      [[2, 3], 0, 0, 0],
    ] as const
  ).map(([shape, axis, before, after]) =>
    opCase("pad", { inputs: [input(shape)], attributes: { axis, before, after }, inBlocks: true }),
  ),
];

const products = (
  [
    [1, 1, 1],
    [3, 5, 2],
    [16, 33, 7],
    [5, 67, 36],
  ] as const
).flatMap(([m, k, n]) =>
  [false, true].flatMap((transposeA) =>
    [false, true].map((transposeB) =>
      opCase("matmul", {
        inputs: [input(transposeA ? [k, m] : [m, k]), input(transposeB ? [n, k] : [k, n])],
        attributes: { transposeA, transposeB },
      }),
    ),
  ),
);

const crossEntropies = (
  [
    [1, 2],
    [4, 7],
    [5, 130],
  ] as const
).map((shape) =>
  opCase("crossEntropy", { inputs: [input(shape), input(shape, "distribution")], attributes: {}, wrt: [0] }),
);

export const arrayCases: readonly Case[] = [...reductions, ...shapes, ...pieces, ...products, ...crossEntropies];
