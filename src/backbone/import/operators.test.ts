import { readFileSync } from "node:fs";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { computeNode, type NodeTensor } from "../../../test/imported-node.ts";
import { node, putModel, value } from "../../../test/joined-models.ts";
import { random } from "../../core/index.ts";
import { withRanges } from "../../formats/index.ts";
import { readOnnx } from "../../formats/onnx/index.ts";
import { rules } from "./rules/index.ts";

type Attributes = Parameters<typeof node>[3];
/** An input: noise of a shape, or numbers that are known beforehand. An absent one is "". */
type Input = NodeTensor | "";

const noise = (...shape: number[]): NodeTensor => {
  const rng = random(shape.length, shape.at(-1) ?? 0);
  const numbers = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * rng.normal());
  return { type: "float32", shape, numbers };
};
const positive = (...shape: number[]): NodeTensor => {
  const { numbers, ...tensor } = noise(...shape);
  return { ...tensor, numbers: Float32Array.from(numbers, (number) => Math.abs(number) + 0.1) };
};
const known = (...numbers: number[]): NodeTensor => ({
  ...{ type: "float32", shape: [], numbers: Float32Array.from(numbers) },
});
const ints = (...numbers: number[]): NodeTensor => ({
  ...{ type: "int64", shape: [numbers.length], numbers: Float64Array.from(numbers) },
});
const mask: NodeTensor = { type: "bool", shape: [3, 1], numbers: Float64Array.of(1, 0, 1) };

const x = noise(2, 3, 4);
const map = noise(2, 4, 6, 6);
const factors = (...numbers: number[]): NodeTensor => ({
  ...{ type: "float32", shape: [numbers.length], numbers: Float32Array.from(numbers) },
});
const window = { kernel_shape: [3, 3], strides: [2, 2] };

/** For each operator that is imported at least one node: attributes, inputs, and its operator set where it matters. */
const cases: readonly (readonly [op: string, attributes: Attributes, inputs: readonly Input[], opset?: number])[] = [
  ...["Add", "Sub", "Mul", "Sum"].map((op) => [op, {}, [x, noise(3, 1)]] as const),
  ["Div", {}, [x, positive(3, 1)]],
  ...["Neg", "Exp", "Erf", "Tanh", "Sigmoid", "Relu", "Softplus", "Identity"].map((op) => [op, {}, [x]] as const),
  ...["Sqrt", "Log", "Reciprocal"].map((op) => [op, {}, [positive(2, 3)]] as const),
  ...[2, 0.5, 3, 1].map((exponent) => ["Pow", {}, [positive(2, 3), known(exponent)]] as const),
  ["Max", {}, [x, known(0.25)]],
  ["Min", {}, [x, known(0.25)]],
  ["Where", {}, [mask, x, noise(3, 4)]],
  ["Cast", { to: 1 }, [x]],
  ["Dropout", {}, [x]],
  ["Clip", {}, [x, known(0), known(6)]],
  ["Clip", {}, [x, "", known(1)]],
  ["Clip", { min: { float: -1 }, max: { float: 0.5 } }, [x], 9],
  ["HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }, [x]],
  ["HardSwish", {}, [x], 14],
  ["Softmax", {}, [x]],
  ["Softmax", { axis: 1 }, [x]],
  ["Softmax", { axis: 1 }, [x], 11],
  ["Gelu", {}, [x], 20],
  ["Gelu", { approximate: "none" }, [x], 20],
  ["Gelu", { approximate: "tanh" }, [x], 20],
  ["LeakyRelu", { alpha: { float: 0.2 } }, [x]],
  ["PRelu", {}, [x, noise(3, 1)]],
  ["Elu", { alpha: { float: 1.5 } }, [x]],
  ["Selu", {}, [x]],
  ["Mish", {}, [x], 18],
  ["Reshape", {}, [x, ints(0, -1, 2)]],
  ["Flatten", { axis: 2 }, [x]],
  ["Squeeze", {}, [noise(2, 1, 3), ints(1)]],
  ["Unsqueeze", {}, [x, ints(1, -1)]],
  ["Unsqueeze", { axes: [0, 3] }, [x], 11],
  ["Transpose", { perm: [2, 0, 1] }, [x]],
  ["Transpose", {}, [x]],
  ["Concat", { axis: -1 }, [x, noise(2, 3, 2)]],
  ["Slice", {}, [x, ints(0, -1), ints(2, 0), ints(1, 2), ints(1, -1)]],
  ["Split", { axis: 1 }, [x, ints(1, 2)]],
  ["Gather", { axis: 1 }, [x, ints(2, 0, -1)]],
  ["Expand", {}, [noise(3, 1), ints(2, 3, 4)]],
  ["Pad", {}, [map, ints(0, 0, 1, 2, 0, 0, 3, 4)]],
  ["Pad", {}, [map, ints(0, 1, -1, 2, 0, 0, 3, -2), known(0)]],
  ["Pad", { mode: "constant", pads: [0, 0, 0, 0, 0, 0, 1, 1] }, [map], 10],
  ["Pad", {}, [map, ints(1, 2, 0, 1), "", ints(-1, 2)], 18],
  ["Pad", {}, [map, ints(0, 0, 1, 2, 0, 3, 0, 4), known(-1.5)]],
  ["Pad", {}, [x, ints(0, 0, 0, 0, 0, 1), known(1)]],
  ["Conv", { pads: [1, 1, 1, 1], strides: [2, 2] }, [map, noise(5, 4, 3, 3), noise(5)]],
  ["Conv", { group: 4, auto_pad: "SAME_UPPER" }, [map, noise(4, 1, 3, 3)]],
  ["Conv", { dilations: [2, 2] }, [map, noise(6, 4, 2, 2)]],
  ["Gemm", { transB: 1 }, [noise(3, 4), noise(5, 4), noise(5)]],
  ["Gemm", { alpha: { float: 0.5 }, beta: { float: 2 } }, [noise(3, 4), noise(4, 5), noise(5)]],
  ["MatMul", {}, [x, noise(2, 4, 5)]],
  ["MatMul", {}, [x, noise(4, 5)]],
  ["MaxPool", { ...window, pads: [1, 1, 1, 1] }, [map]],
  ["AveragePool", { ...window, pads: [1, 1, 1, 1] }, [map]],
  ["AveragePool", { ...window, pads: [1, 1, 1, 1], count_include_pad: 1 }, [map]],
  ["GlobalAveragePool", {}, [map]],
  ["ReduceMean", { axes: [1, -1], keepdims: 0 }, [x]],
  ["ReduceMean", {}, [x, ints(1)], 18],
  ["ReduceSum", { keepdims: 1 }, [x, ints(-1)]],
  ["ReduceL2", { axes: [-1], keepdims: 1 }, [x]],
  ["ReduceL2", { keepdims: 0 }, [x]],
  ["LayerNormalization", { epsilon: { float: 1e-4 } }, [x, noise(4), noise(4)], 17],
  ["LayerNormalization", { axis: 1 }, [x, noise(3, 4)], 17],
  ["InstanceNormalization", { epsilon: { float: 1e-3 } }, [map, noise(4), noise(4)]],
  ["InstanceNormalization", {}, [x, noise(3), noise(3)]],
  ...["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric", "half_pixel_symmetric"].flatMap(
    (coordinates) => {
      const modes = [
        { mode: "linear" },
        ...["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].map((nearest_mode) => ({ nearest_mode })),
      ];
      return modes.flatMap((mode) => {
        const attributes = { ...mode, coordinate_transformation_mode: coordinates };
        return [
          ["Resize", attributes, [map, "", factors(1, 1, 2, 2)], 19],
          ["Resize", attributes, [map, "", factors(1, 1, 0.6, 1.7)], 19],
          ["Resize", attributes, [map, "", "", ints(2, 4, 13, 4)], 19],
        ] as const;
      });
    },
  ),
  ["Resize", { coordinate_transformation_mode: "tf_half_pixel_for_nn" }, [map, "", factors(1, 1, 3, 1.5)]],
  ["Resize", { coordinate_transformation_mode: "pytorch_half_pixel", mode: "linear" }, [map, "", "", ints(2, 4, 1, 9)]],
  ["Resize", { coordinate_transformation_mode: "align_corners", mode: "linear" }, [map, "", "", ints(2, 4, 1, 9)]],
  ["Resize", { axes: [3, -2] }, [map, "", "", ints(9, 12)], 18],
  ["Resize", {}, [map, factors(1, 1, 2, 0.5)], 10],
  ["Resize", { mode: "linear" }, [map, factors(1, 1, 2, 0.5)], 10],
  ["Upsample", {}, [map, factors(1, 1, 2, 3)], 9],
  ["Upsample", { mode: "linear" }, [map, factors(1, 1, 2, 3)], 9],
  ["BatchNormalization", {}, [map, noise(4), noise(4), noise(4), positive(4)]],
];

const types: Readonly<Record<string, number>> = { float32: 1, int64: 7, bool: 9 };
const tensorOf = ({ type, shape, numbers }: NodeTensor): Tensor => {
  if (type === "int64")
    return new Tensor(
      "int64",
      BigInt64Array.from(numbers, (number) => BigInt(number)),
      shape,
    );
  if (type === "bool") return new Tensor("bool", Uint8Array.from(numbers), shape);
  return new Tensor("float32", numbers as Float32Array, shape);
};

test.each(cases.map(([op, attributes, inputs, opset = 13], i) => ({ op, attributes, inputs, opset, i })))(
  "$op in operator set $opset, case $i",
  async ({ op, attributes, inputs, opset }) => {
    const names = inputs.map((input, i) => (input === "" ? "" : `i${i}`));
    const tensors = inputs.flatMap((input) => (input === "" ? [] : [input]));
    const outputs = op === "Split" ? "y z" : "y";
    const file = putModel(
      {
        ...{ name: "g", node: [node(op, names.join(" "), outputs, attributes)] },
        input: inputs.flatMap((input, i) =>
          input === "" ? [] : [value(`i${i}`, input.shape as number[], types[input.type])],
        ),
        output: outputs.split(" ").map((name) => ({ name, type: { tensorType: { elemType: 1 } } })),
      },
      { opset },
    );
    const session = await InferenceSession.create(readFileSync(file), { logSeverityLevel: 4 });
    const given = names.flatMap((name, i) => (name === "" ? [] : [[name, tensorOf(inputs[i] as NodeTensor)] as const]));
    const expected = await session.run(Object.fromEntries(given));
    await session.release();
    const { graph } = await withRanges(file, readOnnx);
    const numbersOf = (name: string): NodeTensor => {
      const { dims: shape, data } = expected[name]!;
      return { type: "float32", shape, numbers: data as Float32Array };
    };
    const expectedOutputs = outputs.split(" ").map(numbersOf);
    const results = await computeNode({ node: graph.nodes[0]!, opset, inputs: tensors, outputs: expectedOutputs });
    expect(results).toHaveLength(expectedOutputs.length);
    for (const [i, { shape, data }] of results.entries()) {
      const { shape: expectedShape, numbers } = expectedOutputs[i]!;
      expect(shape).toEqual(expectedShape);
      const most = Math.max(...[...numbers].map(Math.abs));
      expect(most).toBeGreaterThan(0.01);
      for (const [at, number] of numbers.entries()) expect(Math.abs(data[at]! - number)).toBeLessThan(1e-5 * most);
    }
  },
);

test("every imported operator has a case", () => {
  const tried = new Set(cases.map(([op]) => op));
  expect([...rules.keys()].filter((op) => !tried.has(op))).toEqual([]);
});
