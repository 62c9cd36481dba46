import { expect, test } from "vitest";
import type { OnnxFileGraph, OnnxFileValue } from "../formats/onnx/index.ts";
import { featureOutput } from "./feature-output.ts";

const value = (name: string, ...shape: (number | string)[]): OnnxFileValue => ({ name, type: "float32", shape });
const graph = (...outputs: OnnxFileValue[]): OnnxFileGraph => ({ nodes: [], tensors: [], inputs: [], outputs });
const scores = value("logits", "N", 1000);

test.each<[string, OnnxFileValue[], object]>([
  ["features before class scores", [scores, value("features", "N", 768)], { name: "features", kind: "vector" }],
  [
    "tokens before what a pooler made of them",
    [value("pooler_output", "N", 384), value("last_hidden_state", "N", 257, 384)],
    { name: "last_hidden_state", kind: "tokens" },
  ],
  [
    "the vector that was trained to be compared",
    [value("last_hidden_state", "N", 50, 768), value("image_embeds", "N", 512)],
    { name: "image_embeds", kind: "vector" },
  ],
  ["an unusual name before scores", [scores, value("1234", "N", 64, 7, 7)], { name: "1234", kind: "map" }],
  ["scores for want of others", [scores], { name: "logits", kind: "vector" }],
])("%s", (_, outputs, expected) => {
  expect(featureOutput("m.onnx", graph(...outputs))).toEqual(expected);
});

test("the output that is asked for is taken", () => {
  const both = graph(value("features", "N", 768), scores);
  expect(featureOutput("m.onnx", both, "logits")).toEqual({ name: "logits", kind: "vector" });
  expect(() => featureOutput("m.onnx", both, "other")).toThrow(
    "--feature-output other: expected one of the model's outputs, found features float32 [N, 768], logits float32 [N, 1000]",
  );
  const flat = graph(value("mean", "N"));
  expect(() => featureOutput("m.onnx", flat, "mean")).toThrow(
    "--feature-output mean: expected an output of rank 2, 3 or 4",
  );
});

test.each<[OnnxFileValue[], RegExp]>([
  [[], /found no output/],
  [[value("mean", "N")], /found mean float32 \[N\]/],
  [[{ name: "ids", type: "int64", shape: ["N", 5] }], /found ids int64/],
])("%j has no features", (outputs, message) => {
  expect(() => featureOutput("m.onnx", graph(...outputs))).toThrow(message);
});
