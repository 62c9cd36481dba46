import { type Graph, squareConvolution, type Value } from "../../src/engine/index.ts";
import { type Case, input } from "./case.ts";

const norm = (graph: Graph, x: Value, gamma: Value, beta: Value, relu: boolean, residual?: Value): Value =>
  graph.op("batchNorm", residual ? [x, gamma, beta, residual] : [x, gamma, beta], { epsilon: 1e-5, relu });

const conv = (x: Value, w: Value, stride: number, pad: number): Value =>
  x.graph.op("conv2d", [x, w], squareConvolution({ stride, pad }));

/** A residual block as networks have it: values pass from op to op in blocks, and one is read twice. */
function residualBlock(stride: number, c: number, o: number): Case {
  return {
    name: `residual block ${c} to ${o}, stride ${stride}`,
    inputs: [
      input([2, c, 5, 6]),
      input([o, c, 3, 3]),
      input([o], "positive"),
      input([o]),
      input([o, o, 3, 3]),
      input([o], "positive"),
      input([o]),
      input([o, c, 1, 1]),
    ],
    wrt: [0, 1, 2, 3, 4, 5, 6, 7],
    tolerance: 1e-4,
    build: (graph, [x, w1, gamma1, beta1, w2, gamma2, beta2, shortcut]) => {
      const inner = norm(graph, conv(x!, w1!, stride, 1), gamma1!, beta1!, true);
      const residual = stride === 1 && c === o ? x! : conv(x!, shortcut!, stride, 0);
      const y = norm(graph, conv(inner, w2!, 1, 1), gamma2!, beta2!, true, residual);
      return [y, graph.op("globalAveragePool", [y])];
    },
  };
}

/** Depthwise and 1x1 convolution as MobileNet has them, with TensorFlow's padding; then a mean of windows. */
function separableBlock(stride: number, c: number, o: number): Case {
  return {
    name: `separable block ${c} to ${o}, stride ${stride}`,
    inputs: [
      input([2, c, 6, 8]),
      input([c, 1, 3, 3]),
      input([c], "positive"),
      input([c]),
      input([o, c, 1, 1]),
      input([o], "positive"),
      input([o]),
    ],
    wrt: [0, 1, 2, 3, 4, 5, 6],
    tolerance: 1e-4,
    build: (graph, [x, depthwise, gamma1, beta1, pointwise, gamma2, beta2]) => {
      const pads = stride === 1 ? ([1, 1, 1, 1] as const) : ([0, 0, 1, 1] as const);
      const spread = graph.op("conv2d", [x!, depthwise!], { ...squareConvolution({ stride, groups: c }), pads });
      const inner = norm(graph, spread, gamma1!, beta1!, true);
      const y = norm(graph, conv(inner, pointwise!, 1, 0), gamma2!, beta2!, true);
      const window = { kernel: [2, 2], strides: [1, 2], pads: [1, 0, 0, 1], countPadding: false } as const;
      return [graph.op("averagePool", [y], window)];
    },
  };
}

/** Stem, pool, head and cross-entropy: the ends of a network. */
const classifier: Case = {
  name: "stem, pool, head and cross-entropy",
  inputs: [
    input([3, 3, 9, 8]),
    input([16, 3, 3, 3]),
    input([16], "positive"),
    input([16]),
    input([4, 16]),
    input([4]),
    input([3, 4], "distribution"),
  ],
  wrt: [0, 1, 2, 3, 4, 5],
  tolerance: 1e-4,
  build: (graph, [x, w, gamma, beta, head, bias, targets]) => {
    const y = norm(graph, conv(x!, w!, 1, 1), gamma!, beta!, true);
    const window = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } as const;
    const pooled = graph.op("globalAveragePool", [graph.op("maxPool", [y], window)]);
    const product = graph.op("matmul", [pooled, head!], { transposeA: false, transposeB: true });
    return graph.multi("crossEntropy", [graph.op("add", [product, bias!]), targets!]);
  },
};

/** x sigmoid(x) */
const silu = (graph: Graph, x: Value): Value => graph.op("mul", [x, graph.op("sigmoid", [x])]);

/** Biases behind convolutions, SiLU and squeeze-and-excitation: everything between the convolutions may stay in blocks. */
function excitation(c: number, o: number): Case {
  return {
    name: `biases, SiLU and squeeze-and-excitation, ${c} to ${o} channels`,
    inputs: [
      input([2, c, 5, 4]),
      input([o, c, 3, 3]),
      input([o]),
      input([o, o, 1, 1]),
      input([o]),
      input([o, o, 3, 3]),
      input([o]),
    ],
    wrt: [0, 1, 2, 3, 4, 5, 6],
    tolerance: 1e-4,
    build: (graph, [x, w1, b1, w2, b2, w3, b3]) => {
      const conv = (v: Value, w: Value, b: Value, pad: number) => {
        const product = graph.op("conv2d", [v, w], squareConvolution({ pad }));
        return graph.op("add", [product, graph.op("reshape", [b], { shape: [o, 1, 1] })]);
      };
      const y = silu(graph, conv(x!, w1!, b1!, 1));
      const squeezed = graph.op("reduceMean", [y], { axes: [2, 3], keepDims: true });
      const gate = graph.op("sigmoid", [conv(squeezed, w2!, b2!, 0)]);
      const clipped = graph.op("clip", [graph.op("mul", [y, gate])], { min: -100, max: 100 });
      return [conv(clipped, w3!, b3!, 1)];
    },
  };
}

/** A value used three times, once as both inputs of one op: gradients add up. */
const fanOut: Case = {
  name: "one value used three times",
  inputs: [input([3, 4], "positive")],
  wrt: [0],
  tolerance: 2e-5,
  build: (graph, [x]) => {
    const square = graph.op("mul", [x!, x!]);
    const length = graph.op("sqrt", [graph.op("reduceSum", [square], { axes: [1], keepDims: true })]);
    return [graph.op("div", [x!, length])];
  },
};

/** Rows in several groups, each against the same keys, targets and mask: a loss over more views of what there is once. */
const groupedRows: Case = {
  name: "cross-entropy of three groups of rows against the same keys",
  inputs: [input([6, 3]), input([2, 3]), input([4, 3]), input([2, 5], "distribution")],
  wrt: [0, 1, 2],
  tolerance: 5e-5,
  build: (graph, [x, own, others, targets]) => {
    const thrice = (value: Value) => graph.op("concat", [value, value, value], { axis: 0 });
    const marks = graph.constant({ dtype: "float32", shape: [2, 4], data: Float32Array.of(0, 1, 0, 0, 1, 0, 0, 1) });
    const mask = graph.op("equal", [marks, graph.scalar(1)]);
    const first = graph.op("reduceSum", [graph.op("mul", [x!, thrice(own!)])], { axes: [1], keepDims: true });
    const rest = graph.op("matmul", [x!, others!], { transposeA: false, transposeB: true });
    const byGroup = graph.op("reshape", [rest], { shape: [3, 2, 4] });
    const kept = graph.op("reshape", [graph.op("select", [mask, graph.scalar(-3), byGroup])], { shape: [6, 4] });
    const logits = graph.op("concat", [first, kept], { axis: 1 });
    return graph.multi("crossEntropy", [logits, thrice(targets!)]);
  },
};

export const composedCases: readonly Case[] = [
  residualBlock(1, 16, 16),
  residualBlock(2, 16, 32),
  residualBlock(1, 24, 8),
  residualBlock(2, 5, 6),
  excitation(16, 32),
  excitation(3, 5),
  separableBlock(1, 16, 32),
  separableBlock(2, 32, 16),
  separableBlock(2, 24, 8),
  classifier,
  fanOut,
  groupedRows,
];
