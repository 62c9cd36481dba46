import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { Graph, lowerToBytes, ops } from "../../engine/index.ts";
import { withRanges } from "../../formats/index.ts";
import { type OnnxFileNode, readOnnx } from "../../formats/onnx/index.ts";
import type { FoldedConstant } from "./fold.ts";
import { rules } from "./rules/index.ts";
import { writePart } from "./write-part.ts";

/** ONNX's own tests of operators: a folder each, with a model and its inputs and outputs. */
const places = [
  process.env.MASKCON_ONNX_TESTS ?? "",
  "/usr/share/libonnx-testdata/data/node",
  "/usr/local/share/libonnx-testdata/data/node",
];
const folder = places.find((place) => place !== "" && existsSync(join(place, "test_add", "model.onnx")));
if (!folder) {
  console.warn("SKIPPED: ONNX's node tests are not here (Debian: libonnx-testdata; or MASKCON_ONNX_TESTS names them)");
}

/** Inputs that must be known beforehand, by operator. */
const known: Readonly<Record<string, readonly number[]>> = {
  Pow: [1],
  Clip: [1, 2],
  Pad: [1, 2, 3],
  BatchNormalization: [3, 4],
  Max: [1, 2],
  Min: [1, 2],
  Where: [0],
};

/** Tests of cases that no network of images has, or that are refused in a line. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^(max|average)pool_(1d|3d)/, "windows of images only"],
  [/pool_2d_dilations$/, "no dilated pools"],
  [/^maxpool_with_argmax/, "the places of maxima are not imported"],
  [/^batchnorm_.*training_mode$/, "statistics of each batch"],
  [/^dropout_default_mask/, "a dropout's mask is not imported"],
  [/^training_dropout/, "a dropout in training"],
  [/^(max|min)_(example|two_inputs|float32)$/, "a bound is one number"],
  [/^pow(_bcast_array|_example)?$/, "an exponent is one number"],
  [/^pow_types/, "mixed types"],
  [/^(constant|edge|reflect|wrap)_pad/, "zeros around only"],
  [/^clip_min_greater/, "bounds in their order"],
  [/^where_long/, "whole numbers"],
];

interface Small {
  readonly type: string;
  readonly shape: readonly number[];
  readonly numbers: Float32Array | Float64Array;
}

function readPb(path: string): Small | undefined {
  const { dataType, dims, rawData, floatData } = onnx.TensorProto.decode(readFileSync(path));
  const shape = (dims ?? []).map(Number);
  const { buffer, byteOffset, byteLength } = Uint8Array.from(rawData ?? []);
  if (dataType === 1) {
    const numbers =
      byteLength > 0 ? new Float32Array(buffer, byteOffset, byteLength / 4) : Float32Array.from(floatData ?? []);
    return { type: "float32", shape, numbers };
  }
  if (dataType === 7) {
    return {
      type: "int64",
      shape,
      numbers: Float64Array.from(new BigInt64Array(buffer, byteOffset, byteLength / 8), Number),
    };
  }
  if (dataType === 6) return { type: "int32", shape, numbers: Float64Array.from(new Int32Array(buffer, byteOffset)) };
  return dataType === 9
    ? { type: "bool", shape, numbers: Float64Array.from(new Uint8Array(buffer, byteOffset)) }
    : undefined;
}

interface NodeTest {
  readonly node: OnnxFileNode;
  readonly opset: number;
  readonly inputs: readonly Small[];
  readonly outputs: readonly Small[];
}

/** A test of one node that the importer writes; the reason where it is none. */
async function readTest(path: string): Promise<NodeTest | string> {
  const { graph, opsets } = await withRanges(join(path, "model.onnx"), readOnnx);
  const [node, another] = graph.nodes;
  if (!node || another || node.domain !== "") return "several nodes";
  if (!rules.has(node.op)) return "another operator";
  const data = join(path, "test_data_set_0");
  const list = (kind: string) =>
    readdirSync(data)
      .filter((name) => name.startsWith(`${kind}_`))
      .sort()
      .map((_, i) => readPb(join(data, `${kind}_${i}.pb`)));
  const [inputs, outputs] = [list("input"), list("output")];
  const isWhole = (all: (Small | undefined)[]): all is Small[] => all.every(Boolean);
  if (!isWhole(inputs) || !isWhole(outputs) || /identity_(sequence|opt)/.test(path)) return "other types";
  if ([...inputs, ...outputs].some(({ shape }) => shape.includes(0))) return "no empty tensors";
  if (outputs.some(({ type }) => type !== "float32") || inputs[node.op === "Where" ? 1 : 0]?.type !== "float32") {
    return "other types";
  }
  // Nothing of an image model reads the mean and deviation that it gives, too.
  const read = node.op === "LayerNormalization" ? outputs.slice(0, 1) : outputs;
  return { node, opset: opsets.get("") ?? 0, inputs, outputs: read };
}

/** Writes the node with ops of the engine, and runs them. */
async function computed({
  node,
  opset,
  inputs,
  outputs,
}: NodeTest): Promise<{ shape: readonly number[]; data: Float32Array }[]> {
  const names = node.inputs.filter((name) => name !== "");
  const fixed = new Map<string, FoldedConstant>();
  const shapes = new Map<string, readonly number[]>();
  const feeds: Record<string, Tensor> = {};
  inputs.forEach((input, i) => {
    const name = names[i]!;
    const at = node.inputs.indexOf(name);
    if (input.type !== "float32" || known[node.op]?.includes(at)) fixed.set(name, input);
    else {
      shapes.set(name, input.shape);
      feeds[name] = new Tensor("float32", input.numbers as Float32Array, input.shape);
    }
  });
  const graph = new Graph(ops);
  const [start] = shapes.keys();
  const input = graph.input(start!, "float32", shapes.get(start!)!);
  const parameter = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  node.outputs.slice(0, outputs.length).forEach((output, i) => {
    const part = {
      nodes: [node],
      opset,
      constant: (name: string) => fixed.get(name),
      file: "test",
      input: start!,
      output,
    };
    if (i === 0) {
      const made = writePart({ ...part, parameters: shapes, frozen: new Map() }, { graph, parameter }, input);
      graph.output(output, made);
      return;
    }
    // The inputs are there already.
    const known = (name: string) => graph.inputs.get(name)!;
    graph.output(
      output,
      writePart({ ...part, parameters: shapes, frozen: new Map() }, { graph, parameter: known }, input),
    );
  });
  const bytes = lowerToBytes(graph, { block: 0 });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  try {
    const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
    const results = await session.run(given);
    return node.outputs.slice(0, outputs.length).map((name) => {
      const { dims, data } = results[name]!;
      return { shape: dims, data: data as Float32Array };
    });
  } finally {
    await session.release();
  }
}

/** Why tests of imported operators are left out; the rest are of other operators. */
const notImported = new Set(["other types", "no empty tensors"]);

const names = folder ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "model.onnx"))) : [];
const short = (name: string) => name.replace(/^test_/, "");
const taken: { name: string; found: NodeTest }[] = [];
const others: { name: string; reason: string; found: NodeTest }[] = [];
const skipped: { name: string; reason: string }[] = [];
for (const name of names) {
  const found = await readTest(join(folder!, name));
  const reason = refused.find(([pattern]) => pattern.test(short(name)))?.[1];
  if (typeof found !== "string" && reason === undefined) taken.push({ name: short(name), found });
  else if (typeof found !== "string") others.push({ name: short(name), reason: reason!, found });
  else if (notImported.has(found)) skipped.push({ name: short(name), reason: found });
}

describe.skipIf(!folder)("ONNX's own tests", () => {
  test.each(taken)("$name", async ({ name, found }) => {
    // The numbers of one test are written with four digits.
    const tolerance = name === "averagepool_2d_ceil_last_window_starts_on_pad" ? 2e-4 : 1e-5;
    const results = await computed(found);
    results.forEach(({ shape, data }, i) => {
      const { shape: expectedShape, numbers } = found.outputs[i]!;
      expect(shape).toEqual(expectedShape);
      const most = Math.max(0, ...[...numbers].map(Math.abs));
      data.forEach((value, at) => {
        if (!Object.is(value, numbers[at]))
          expect(Math.abs(value - numbers[at]!)).toBeLessThanOrEqual(tolerance * most);
      });
    });
  });

  test.each(others)("$name is refused: $reason", async ({ found }) => {
    expect(await messageOfRefusal(computed(found))).toMatch(/; use --trainable head, which takes it$/);
  });

  test.skip.each(skipped)("$name: $reason", () => {});
});
