import { expect, test } from "vitest";
import type { OnnxFileGraph, OnnxFileValue } from "../formats/onnx/index.ts";
import { imageInput } from "./image-input.ts";

const value = (name: string, type: string, ...shape: (number | string)[]): OnnxFileValue => ({ name, type, shape });
const graph = (...inputs: OnnxFileValue[]): OnnxFileGraph => ({ nodes: [], tensors: [], inputs, outputs: [] });

test.each<[OnnxFileValue, object]>([
  [value("x", "float32", "N", 3, 224, 224), { name: "x", type: "float32", layout: "NCHW", size: 224 }],
  [value("x", "float16", 1, 3, "h", "w"), { name: "x", type: "float16", layout: "NCHW", batch: 1 }],
  [value("x", "float32", "b", "channels", "h", "w"), { name: "x", type: "float32", layout: "NCHW" }],
  [value("x", "float32", "", 299, 299, 3), { name: "x", type: "float32", layout: "NHWC", size: 299 }],
  [value("x", "float32", 8, "", 32, 3), { name: "x", type: "float32", layout: "NHWC", size: 32, batch: 8 }],
])("%j is an input of images", (input, expected) => {
  expect(imageInput("m.onnx", graph(input))).toEqual(expected);
});

test("an initialiser that is listed as an input, too, is none", () => {
  const w = value("w", "float32", 8, 3, 3, 3);
  const listed = {
    ...graph(value("x", "float32", "N", 3, 32, 32), w),
    tensors: [{ name: "w", type: "float32", shape: [8, 3, 3, 3], data: { none: true as const } }],
  };
  expect(imageInput("m.onnx", listed).name).toBe("x");
});

const pixels = value("pixel_values", "float32", "N", 3, 224, 224);
const ids = value("input_ids", "int64", "N", "sequence");

test.each<[OnnxFileValue[], RegExp]>([
  [[], /found no input; give a model of images/],
  [[ids], /found input_ids int64 \[N, sequence\]; this is a text model/],
  [[ids, value("attention_mask", "int64", "N", "s")], /found input_ids .*, attention_mask .*; this is a text model/],
  [[pixels, ids], /found pixel_values .*, input_ids .*; export the part that takes images alone/],
  [[value("x", "float32", "N", 3, 224, 320)], /found x float32 \[N, 3, 224, 320\]; give .* square size/],
  [[value("x", "float32", "N", 1, 28, 28)], /found x float32 \[N, 1, 28, 28\]/],
  [[value("x", "uint8", "N", 224, 224, 3)], /found x uint8/],
  [[value("sound", "float32", "N", 80, 3000)], /found sound float32 \[N, 80, 3000\]/],
  [[{ name: "x", type: "float32" }], /found x float32; give/],
  [[{ name: "x", type: "sequence" }], /found x sequence/],
])("%j is refused by what it is", (inputs, message) => {
  expect(() => imageInput("m.onnx", graph(...inputs))).toThrow(message);
});
