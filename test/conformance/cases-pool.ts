import type { OpAttributes } from "../../src/engine/index.ts";
import { type Case, input, opCase, primer } from "./case.ts";

type PoolWindow = OpAttributes["maxPool"];
type Pool = readonly [
  shape: readonly [number, number, number, number],
  kernel: PoolWindow["kernel"],
  strides: PoolWindow["strides"],
  pads: PoolWindow["pads"],
];

const pools: readonly Pool[] = [
  [
    [2, 16, 6, 6],
    [3, 3],
    [2, 2],
    [1, 1, 1, 1],
  ],
  [
    [1, 16, 7, 5],
    [3, 3],
    [2, 2],
    [1, 1, 1, 1],
  ],
  [
    [2, 3, 5, 6],
    [2, 2],
    [2, 2],
    [0, 0, 0, 0],
  ],
  [
    [1, 5, 5, 5],
    [3, 3],
    [1, 1],
    [1, 1, 1, 1],
  ],
  [
    [1, 16, 5, 4],
    [2, 2],
    [1, 1],
    [0, 0, 0, 0],
  ],
  [
    [1, 24, 7, 7],
    [2, 2],
    [3, 3],
    [0, 0, 0, 0],
  ],
  [
    [2, 16, 6, 8],
    [3, 3],
    [2, 2],
    [0, 0, 1, 1],
  ],
  [
    [1, 16, 5, 7],
    [2, 3],
    [1, 2],
    [1, 0, 0, 2],
  ],
  [
    [2, 5, 7, 6],
    [3, 1],
    [2, 3],
    [1, 0, 2, 0],
  ],
  [
    [1, 16, 2, 1],
    [4, 2],
    [3, 1],
    [3, 0, 2, 1],
  ],
  [
    [2, 16, 1, 2],
    [3, 4],
    [2, 3],
    [1, 3, 2, 2],
  ],
];

const maxima = pools.flatMap(([shape, kernel, strides, pads]) => {
  const attributes = { kernel, strides, pads };
  return [
    opCase("maxPool", { inputs: [input(shape, "distinct")], attributes, inBlocks: true }),
    maxPoolTies(shape, attributes),
  ];
});

/** Equal maxima in one window: the gradient goes to the first, as in PyTorch. Differences do not exist there. */
function maxPoolTies(shape: Pool[0], attributes: PoolWindow): Case {
  const { kernel, strides, pads } = attributes;
  const size = (axis: 0 | 1) =>
    Math.floor((shape[axis + 2]! + pads[axis] + pads[axis + 2]! - kernel[axis]) / strides[axis]) + 1;
  return {
    name: `maxPoolGradient [${shape.join(", ")}], kernel ${kernel}, strides ${strides}, pads ${pads}, with ties`,
    inputs: [input(shape, "ties"), input([shape[0], shape[1], size(0), size(1)])],
    wrt: [],
    tolerance: 2e-5,
    build: (graph, [x, dy]) => {
      const primed = primer(graph, x!);
      const y = graph.op("maxPool", [x!], attributes);
      return [graph.op("maxPoolGradient", [dy!, x!, y], attributes), primed];
    },
  };
}

const averages = pools.flatMap(([shape, kernel, strides, pads]) =>
  [true, false].map((countPadding) =>
    opCase("averagePool", {
      inputs: [input(shape)],
      attributes: { kernel, strides, pads, countPadding },
      inBlocks: true,
    }),
  ),
);

export const poolCases: readonly Case[] = [...maxima, ...averages];
