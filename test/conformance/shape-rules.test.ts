import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DType, MaskconError, type Shape } from "../../src/core/index.ts";
import { Graph, type OpAttributes, type OpName, ops, squareConvolution } from "../../src/engine/index.ts";

const dimensions = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

function infer<N extends OpName>(
  op: N,
  shapes: readonly Shape[],
  attributes: OpAttributes[N],
  dtype: DType = "float32",
) {
  const graph = new Graph(ops);
  const inputs = shapes.map((shape, i) => graph.input(`x${i}`, dtype, shape));
  return graph.op(op, inputs, attributes);
}

/** A shape that broadcasts to `full`: leading axes dropped, some lengths one. */
const narrowed = (full: readonly number[]) =>
  fc
    .tuple(fc.nat(full.length), fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }))
    .map(([drop, ones]) => full.map((n, i) => (ones[i] ? 1 : n)).slice(drop));

describe("broadcasting", () => {
  const pair = dimensions.chain((full) => fc.tuple(fc.constant(full), narrowed(full), narrowed(full)));

  test("a shape and one narrowed from it give the shape, in either order", () => {
    fc.assert(
      fc.property(pair, ([full, narrow]) => {
        expect(infer("add", [full, narrow], {}).shape).toEqual(full);
        expect(infer("add", [narrow, full], {}).shape).toEqual(full);
      }),
    );
  });

  test("is symmetric, and expand takes what it gives", () => {
    fc.assert(
      fc.property(pair, ([, a, b]) => {
        const { shape } = infer("mul", [a, b], {});
        expect(infer("mul", [b, a], {}).shape).toEqual(shape);
        expect(infer("expand", [a], { shape }).shape).toEqual(shape);
      }),
    );
  });

  test("unequal lengths neither of which is one are refused", () => {
    fc.assert(
      fc.property(dimensions, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 1, max: 5 }), (tail, n, more) => {
        expect(() =>
          infer(
            "sub",
            [
              [n, ...tail],
              [n + more, ...tail],
            ],
            {},
          ),
        ).toThrow(MaskconError);
      }),
    );
  });
});

describe("structure", () => {
  const shaped = dimensions.filter((shape) => shape.length > 0);

  test("transposing forth and back, slicing what was concatenated, padding and cutting", () => {
    fc.assert(
      fc.property(shaped, fc.nat(3), fc.nat(3), (shape, a, more) => {
        const axis = a % shape.length;
        const graph = new Graph(ops);
        const x = graph.input("x", "float32", shape);
        const perm = shape.map((_, i) => (i + axis) % shape.length);
        const there = graph.op("transpose", [x], { perm });
        const back = graph.op("transpose", [there], { perm: perm.map((_, i) => perm.indexOf(i)) });
        expect(back.shape).toEqual(shape);
        const twice = graph.op("concat", [x, x], { axis });
        const end = shape[axis]!;
        expect(graph.op("slice", [twice], { axis, start: end, end: 2 * end }).shape).toEqual(shape);
        const padded = graph.op("pad", [x], { axis, before: more, after: 1 });
        expect(graph.op("slice", [padded], { axis, start: more, end: more + end }).shape).toEqual(shape);
      }),
    );
  });

  test("a convolution's output is as long as the places its kernel fits in", () => {
    const sizes = fc.record({
      size: fc.integer({ min: 1, max: 12 }),
      kernel: fc.integer({ min: 1, max: 7 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.nat(3),
    });
    fc.assert(
      fc.property(sizes, ({ size, kernel, stride, pad }) => {
        let places = 0;
        for (let start = -pad; start + kernel <= size + pad; start += stride) places++;
        fc.pre(places > 0);
        const y = infer(
          "conv2d",
          [
            [2, 3, size, size],
            [4, 3, kernel, kernel],
          ],
          squareConvolution({ stride, pad }),
        );
        expect(y.shape).toEqual([2, 4, places, places]);
      }),
    );
  });

  test("keepDims only decides whether reduced axes stay as ones", () => {
    fc.assert(
      fc.property(shaped, fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), (shape, chosen) => {
        const axes = shape.flatMap((_, i) => (chosen[i] ? [i] : []));
        fc.pre(axes.length > 0);
        const kept = infer("reduceSum", [shape], { axes, keepDims: true }).shape;
        const dropped = infer("reduceSum", [shape], { axes, keepDims: false }).shape;
        expect(kept.filter((_, i) => !axes.includes(i))).toEqual(dropped);
        expect(axes.every((axis) => kept[axis] === 1)).toBe(true);
      }),
    );
  });
});

/** Wrong inputs or attributes for every op; the unary ones take any shape. */
const image: Shape = [2, 3, 5, 5];
const refused: {
  readonly [N in OpName]: readonly (readonly [shapes: readonly Shape[], attributes: OpAttributes[N]])[];
} = {
  add: [[[[2], [3]], {}]],
  sub: [[[[2], [3]], {}]],
  mul: [
    [
      [
        [2, 3],
        [3, 2],
      ],
      {},
    ],
  ],
  div: [[[[2], [3]], {}]],
  equal: [[[[2], [3]], {}]],
  greater: [[[[2], [3]], {}]],
  select: [[[[2], [2], [2]], {}]],
  neg: [],
  exp: [],
  log: [],
  sqrt: [],
  reciprocal: [],
  relu: [],
  reluGradient: [[[[2], [3]], {}]],
  sigmoid: [],
  tanh: [],
  erf: [],
  clip: [
    [[[2]], { min: 1, max: 0 }],
    [[[2]], { min: Number.NaN, max: 0 }],
  ],
  clipGradient: [[[[2], [3]], { min: 0, max: 1 }]],
  pow: [[[[2]], { exponent: Number.NaN }]],
  gelu: [],
  geluGradient: [[[[2], [3]], { approximate: "none" }]],
  cast: [],
  reduceSum: [
    [[[2]], { axes: [], keepDims: true }],
    [[[2]], { axes: [1], keepDims: true }],
  ],
  reduceMean: [[[[2, 3]], { axes: [1, 0], keepDims: true }]],
  reduceMax: [[[[2, 3]], { axes: [0, 0], keepDims: true }]],
  reshape: [[[[2, 3]], { shape: [5] }]],
  expand: [
    [[[2]], { shape: [3] }],
    [[[2, 3]], { shape: [3] }],
  ],
  transpose: [
    [[[2, 3]], { perm: [0] }],
    [[[2, 3]], { perm: [0, 0] }],
  ],
  concat: [
    [
      [
        [2, 3],
        [3, 3],
      ],
      { axis: 1 },
    ],
    [[[2]], { axis: 1 }],
  ],
  slice: [
    [[[4]], { axis: 0, start: 2, end: 2 }],
    [[[4]], { axis: 0, start: 0, end: 5 }],
    [[[4]], { axis: 1, start: 0, end: 1 }],
  ],
  pad: [
    [[[4]], { axis: 1, before: 0, after: 1 }],
    [[[4]], { axis: 0, before: -1, after: 1 }],
  ],
  gather: [
    [[[4]], { axis: 0, indices: [] }],
    [[[4]], { axis: 0, indices: [4] }],
    [[[4]], { axis: 0, indices: [-1] }],
    [[[4]], { axis: 1, indices: [0] }],
  ],
  softmax: [[[[]], {}]],
  layerNorm: [
    [[[2, 3], [2], [3]], { epsilon: 1e-5 }],
    [[[2, 3], [3], [3, 1]], { epsilon: 1e-5 }],
    [[[], [], []], { epsilon: 1e-5 }],
  ],
  layerNormGradient: [
    [[[2, 3], [2, 4], [3], [2, 1], [2, 1]], {}],
    [[[2, 3], [2, 3], [3], [2], [2, 1]], {}],
    [[[2, 3], [2, 3], [2], [2, 1], [2, 1]], {}],
  ],
  matmul: [
    [
      [
        [2, 3],
        [4, 5],
      ],
      { transposeA: false, transposeB: false },
    ],
    [[[3], [3]], { transposeA: false, transposeB: false }],
    [
      [
        [2, 4, 3],
        [3, 3, 5],
      ],
      { transposeA: false, transposeB: false },
    ],
    [
      [
        [2, 4, 3],
        [2, 3, 5],
      ],
      { transposeA: true, transposeB: false },
    ],
  ],
  crossEntropy: [
    [
      [
        [2, 3],
        [3, 2],
      ],
      {},
    ],
    [[[2], [2]], {}],
  ],
  conv2d: [
    [[image, [4, 2, 3, 3]], squareConvolution({ stride: 1, pad: 1 })],
    [[image, [4, 1, 3, 3]], squareConvolution({ pad: 1, groups: 3 })],
    [
      [
        [2, 4, 5, 5],
        [4, 3, 3, 3],
      ],
      squareConvolution({ pad: 1, groups: 2 }),
    ],
    [[image, [4, 3, 3, 3]], { ...squareConvolution(), pads: [0, 0, 0, -1] }],
    [[image, [4, 3, 3, 3]], { ...squareConvolution(), strides: [1, 0] }],
    [[image, [4, 3, 3, 3]], { ...squareConvolution(), dilations: [1, 3] }],
    [
      [
        [3, 5, 5],
        [4, 3, 3, 3],
      ],
      squareConvolution({ stride: 1, pad: 1 }),
    ],
    [[image, [4, 3, 7, 7]], squareConvolution({ stride: 1, pad: 0 })],
  ],
  conv2dInputGradient: [
    [
      [
        [2, 4, 5, 5],
        [4, 3, 3, 3],
      ],
      { shape: [2, 3, 9, 9], ...squareConvolution({ stride: 1, pad: 1 }) },
    ],
    [
      [
        [2, 5, 5, 5],
        [4, 3, 3, 3],
      ],
      { shape: image, ...squareConvolution({ stride: 1, pad: 1 }) },
    ],
  ],
  conv2dWeightGradient: [
    [[image, [2, 4, 5, 5]], { shape: [4, 3, 3, 3], ...squareConvolution({ stride: 2, pad: 1 }) }],
    [[image, [2, 4, 5, 5]], { shape: [4, 2, 3, 3], ...squareConvolution({ stride: 1, pad: 1 }) }],
  ],
  batchNorm: [
    [[image, [2], [3]], { epsilon: 1e-5, relu: true }],
    [[image, [3], [3], [2, 3, 5, 4]], { epsilon: 1e-5, relu: true }],
    [[[2, 3], [3], [3]], { epsilon: 1e-5, relu: true }],
  ],
  batchNormGradient: [
    [[image, [2, 3, 5, 4], [3], [3], [3]], { epsilon: 1e-5 }],
    [[image, image, [3], [2], [3]], { epsilon: 1e-5 }],
  ],
  batchNormInference: [
    [[image, [3], [3], [2], [3]], { epsilon: 1e-5 }],
    [[[2, 3], [3], [3], [3], [3]], { epsilon: 1e-5 }],
  ],
  maxPool: [
    [[[3, 5, 5]], { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] }],
    [[image], { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 2, 0] }],
    [[image], { kernel: [1, 3], strides: [2, 2], pads: [1, 1, 0, 1] }],
    [[image], { kernel: [2, 2], strides: [0, 2], pads: [0, 0, 0, 0] }],
  ],
  maxPoolGradient: [
    [[[2, 3, 3, 3], image, [2, 3, 2, 2]], { kernel: [3, 3], strides: [2, 2], pads: [0, 0, 0, 0] }],
    [[[2, 3, 3, 3], image, [2, 3, 3, 3]], { kernel: [3, 3], strides: [2, 2], pads: [0, 0, 0, 0] }],
  ],
  averagePool: [
    [[[3, 5, 5]], { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0], countPadding: true }],
    [[image], { kernel: [2, 2], strides: [2, 2], pads: [0, 2, 0, 0], countPadding: false }],
    [[image], { kernel: [6, 2], strides: [2, 2], pads: [0, 0, 0, 0], countPadding: false }],
  ],
  globalAveragePool: [[[[2, 3]], {}]],
  globalAveragePoolGradient: [
    [[[2, 4]], { shape: image }],
    [[[2, 3]], { shape: [2, 3] }],
  ],
};

test.each(Object.entries(refused).filter(([, wrong]) => wrong.length > 0))(
  "%s refuses what does not fit",
  (name, wrong) => {
    for (const [shapes, attributes] of wrong as readonly [readonly Shape[], never][]) {
      expect(() => infer(name as OpName, shapes, attributes), JSON.stringify([shapes, attributes])).toThrow(
        MaskconError,
      );
    }
  },
);

test("dtypes that do not mix are refused", () => {
  const graph = new Graph(ops);
  const [x, i] = [graph.input("x", "float32", [2]), graph.input("i", "int32", [2])];
  expect(() => graph.op("add", [x, i])).toThrow(MaskconError);
  expect(() => graph.op("concat", [x, i], { axis: 0 })).toThrow(MaskconError);
  expect(() => graph.op("select", [x, x, x])).toThrow(MaskconError);
  const window = { kernel: [2, 2], strides: [2, 2], pads: [0, 0, 0, 0] } as const;
  const counts = graph.input("counts", "int32", [1, 1, 4, 4]);
  expect(() => graph.op("maxPool", [counts], window)).toThrow(MaskconError);
  expect(() => graph.op("averagePool", [counts], { ...window, countPadding: true })).toThrow(MaskconError);
  expect(() =>
    graph.op(
      "conv2d",
      [graph.input("a", "int32", [1, 1, 3, 3]), graph.input("b", "int32", [1, 1, 3, 3])],
      squareConvolution(),
    ),
  ).toThrow(MaskconError);
});
