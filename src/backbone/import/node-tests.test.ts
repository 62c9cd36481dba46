import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { onnx } from "onnx-proto";
import { describe, expect, test } from "vitest";
import { computeNode, type ImportedNode, type NodeTensor } from "../../../test/imported-node.ts";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { withRanges } from "../../formats/index.ts";
import { readOnnx } from "../../formats/onnx/index.ts";
import { rules } from "./rules/index.ts";

/** ONNX's own tests of operators: a folder each, with a model and its inputs and outputs. */
const places = [
  process.env.MASKCON_ONNX_TESTS ?? "",
  "/usr/share/libonnx-testdata/data/node",
  "/usr/local/share/libonnx-testdata/data/node",
];
const folder = places.find((place) => place !== "" && existsSync(join(place, "test_add", "model.onnx")));
const absent = "ONNX's node tests are not here (Debian: libonnx-testdata; or MASKCON_ONNX_TESTS names their folder)";
if (!folder) console.warn(`SKIPPED: ${absent}`);

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
  [/^(edge|reflect|wrap)_pad/, "one value around only"],
  [/^clip_min_greater/, "bounds in their order"],
  [/^where_long/, "whole numbers"],
  [/^resize_.*(cubic|tf_crop)/, "nearest and linear, of the whole image"],
];

function readPb(path: string): NodeTensor | undefined {
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

/** A test of one node that the importer writes; the reason where it is none. */
async function readTest(path: string): Promise<ImportedNode | string> {
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
  const isWhole = (all: (NodeTensor | undefined)[]): all is NodeTensor[] => all.every(Boolean);
  if (!isWhole(inputs) || !isWhole(outputs) || /identity_(sequence|opt)/.test(path)) return "other types";
  if ([...inputs, ...outputs].some(({ shape }) => shape.includes(0))) return "no empty tensors";
  if (outputs.some(({ type }) => type !== "float32") || inputs[node.op === "Where" ? 1 : 0]?.type !== "float32") {
    return "other types";
  }
  // Nothing of an image model reads the mean and deviation that it gives, too.
  const read = node.op === "LayerNormalization" ? outputs.slice(0, 1) : outputs;
  return { node, opset: opsets.get("") ?? 0, inputs, outputs: read };
}

/** Why tests of imported operators are left out; the rest are of other operators. */
const notImported = new Set(["other types", "no empty tensors"]);

/** It divides by the size that the scale gives before it is rounded. */
const OTHERWISE = "resize_downsample_scales_linear_align_corners";

const names = folder ? readdirSync(folder).filter((name) => existsSync(join(folder, name, "model.onnx"))) : [];
const short = (name: string) => name.replace(/^test_/, "");
const taken: { name: string; found: ImportedNode }[] = [];
const others: { name: string; reason: string; found: ImportedNode }[] = [];
const skipped: { name: string; reason: string }[] = [];
for (const name of names) {
  const found = await readTest(join(folder!, name));
  const reason = refused.find(([pattern]) => pattern.test(short(name)))?.[1];
  if (short(name) === OTHERWISE) skipped.push({ name: OTHERWISE, reason: "ONNX Runtime computes it otherwise" });
  else if (typeof found !== "string" && reason === undefined) taken.push({ name: short(name), found });
  else if (typeof found !== "string") others.push({ name: short(name), reason: reason!, found });
  else if (notImported.has(found)) skipped.push({ name: short(name), reason: found });
}

if (!folder) test.skip(absent, () => {});

describe.skipIf(!folder)("ONNX's own tests", () => {
  test.each(taken)("$name", async ({ name, found }) => {
    // The numbers of one test are written with four digits.
    const tolerance = name === "averagepool_2d_ceil_last_window_starts_on_pad" ? 2e-4 : 1e-5;
    const results = await computeNode(found);
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
    expect(await messageOfRefusal(computeNode(found))).toMatch(/; use --trainable head, which takes it$/);
  });

  test.skip.each(skipped)("$name: $reason", () => {});
});
