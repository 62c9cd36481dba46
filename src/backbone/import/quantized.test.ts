import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { floats, node, putModel, SIDE, value } from "../../../test/joined-models.ts";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { random } from "../../core/index.ts";
import { openTrunk } from "../trunk.ts";
import { importPart } from "./index.ts";

const scalar = (name: string, number: number) => ({ name, dims: [], dataType: 1, floatData: [number] });
const [UINT8, INT8] = [2, 3];
/** Quantised numbers from -20 to 20, or a zero point. */
const bytes = (name: string, dataType: number, ...dims: number[]) => {
  const rng = random(name.length, dims[0] ?? 0);
  const rawData = Uint8Array.from({ length: dims.reduce((a, b) => a * b, 1) }, () =>
    dims.length === 0 ? 0 : rng.integer(41) - 20,
  );
  return { name, dims, dataType, rawData };
};
const scales = [scalar("x_scale", 1 / 40), scalar("w_scale", 1 / 60)];
const zeros = [bytes("x_zero", INT8), bytes("w_zero", INT8)];
const pooled = [node("GlobalAveragePool", "map", "mean"), node("Flatten", "mean", "features", { axis: 1 })];

interface Quantized {
  readonly what: string;
  readonly nodes: readonly object[];
  readonly tensors: readonly object[];
  /** What names the model so. */
  readonly operators: string;
  /** What can be trained of it all the same. */
  readonly tail?: true;
}

const graphs: readonly Quantized[] = [
  {
    what: "QuantizeLinear and DequantizeLinear around a convolution",
    nodes: [
      node("QuantizeLinear", "pixels x_scale x_zero", "quantized"),
      node("DequantizeLinear", "quantized x_scale x_zero", "x"),
      node("DequantizeLinear", "kernel w_scale w_zero", "w"),
      node("Conv", "x w bias", "map"),
      ...pooled,
    ],
    tensors: [...scales, ...zeros, bytes("kernel", INT8, 5, 3, 3, 3), floats("bias", 5)],
    operators: "QuantizeLinear, DequantizeLinear",
  },
  {
    what: "the same around float32 weights, without zero points",
    nodes: [
      node("QuantizeLinear", "pixels x_scale", "quantized"),
      node("DequantizeLinear", "quantized x_scale", "x"),
      node("Conv", "x kernel bias", "map"),
      ...pooled,
    ],
    tensors: [...scales, floats("kernel", 5, 3, 3, 3), floats("bias", 5)],
    operators: "QuantizeLinear, DequantizeLinear",
    tail: true,
  },
  {
    what: "ConvInteger behind DynamicQuantizeLinear",
    nodes: [
      node("DynamicQuantizeLinear", "pixels", "quantized scale zero"),
      node("ConvInteger", "quantized kernel zero", "integers"),
      node("Cast", "integers", "numbers", { to: 1 }),
      node("Mul", "numbers scale", "map"),
      ...pooled,
    ],
    tensors: [bytes("kernel", INT8, 5, 3, 3, 3)],
    operators: "DynamicQuantizeLinear, ConvInteger",
  },
  {
    what: "MatMulInteger behind DynamicQuantizeLinear",
    nodes: [
      node("Flatten", "pixels", "row", { axis: 1 }),
      node("DynamicQuantizeLinear", "row", "quantized scale zero"),
      node("MatMulInteger", "quantized matrix zero", "integers"),
      node("Cast", "integers", "numbers", { to: 1 }),
      node("Mul", "numbers scale", "features"),
    ],
    tensors: [bytes("matrix", INT8, 3 * SIDE * SIDE, 5)],
    operators: "DynamicQuantizeLinear, MatMulInteger",
  },
  {
    what: "QLinearConv",
    nodes: [
      node("QuantizeLinear", "pixels x_scale y_zero", "quantized"),
      node("QLinearConv", "quantized x_scale y_zero kernel w_scale w_zero x_scale y_zero", "convolved"),
      node("DequantizeLinear", "convolved x_scale y_zero", "map"),
      ...pooled,
    ],
    tensors: [...scales, ...zeros, bytes("y_zero", UINT8), bytes("kernel", INT8, 5, 3, 3, 3)],
    operators: "QuantizeLinear, QLinearConv, DequantizeLinear",
  },
];

describe.each(graphs)("$what", ({ nodes, tensors, operators, tail }) => {
  const put = (before: readonly object[] = [], images = "pixels") =>
    putModel(
      {
        ...{ name: "g", node: [...before, ...nodes], initializer: [...tensors, floats("stem", 3, 3, 1, 1)] },
        ...{ input: [value(images, ["N", 3, SIDE, SIDE])], output: [value("features", ["N", 5])] },
      },
      { opset: 13 },
    );

  test("head takes it, and its features are those of ONNX Runtime", async () => {
    const file = put();
    const [trunk, session] = [await openTrunk({ file }), await InferenceSession.create(file, { logSeverityLevel: 4 })];
    const rng = random(5, 2);
    const images = Float32Array.from({ length: 4 * 3 * SIDE * SIDE }, () => rng.normal());
    const { features } = await session.run({ pixels: new Tensor("float32", images, [4, 3, SIDE, SIDE]) });
    const found = await trunk.embed(images);
    expect(Math.max(...found.map(Math.abs))).toBeGreaterThan(0.01);
    expect([...found]).toEqual([...(features!.data as Float32Array)]);
    await trunk.close();
    await session.release();
  });

  test("all and tail say what it is, and what to do", async () => {
    const advice = tail
      ? "use --trainable tail:1 at most"
      : "give its float32 export, or use --trainable head, which takes it";
    const line = `: expected a model whose weights can be trained, found a quantised model (${operators}); ${advice}`;
    for (const cut of tail ? (["all"] as const) : (["all", 1] as const)) {
      for (const file of [put(), put([node("Conv", "images stem", "pixels")], "images")]) {
        expect(await messageOfRefusal(importPart(file, { cut }))).toBe(`${file}${line}`);
      }
    }
    if (tail) expect((await importPart(put(), { cut: 1 })).parameters.map(({ name }) => name)).toContain("kernel");
  });
});
