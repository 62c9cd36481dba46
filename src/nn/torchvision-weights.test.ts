import { expect, test } from "vitest";
import { float32, int32, type Shape, sizeOf, type Tensors } from "../core/index.ts";
import { torchvisionWeights } from "./torchvision-weights.ts";

const expected: Record<string, Shape> = {
  "conv1.weight": [4, 3, 7, 7],
  "bn1.weight": [4],
  "bn1.running_mean": [4],
  "layer1.0.conv1.weight": [4, 4, 3, 3],
};
const small = { ...expected, "conv1.weight": [4, 3, 3, 3] };

const zeros = (shape: Shape) => float32(shape, new Float32Array(sizeOf(shape)));
const fileOf = (shapes: Record<string, Shape>, prefix = ""): Tensors =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [prefix + name, zeros(shape)]));

test("a published file matches; its classifier and counters are ignored", () => {
  const file: Tensors = {
    ...fileOf(expected),
    "fc.weight": zeros([9, 4]),
    "fc.bias": zeros([9]),
    "bn1.num_batches_tracked": int32([], [7]),
  };
  const matched = torchvisionWeights(file, expected);
  expect(Object.keys(matched.tensors)).toEqual(Object.keys(expected));
  expect(matched.tensors["conv1.weight"]).toBe(file["conv1.weight"]);
  expect(matched.newStem).toBe(false);
  expect(matched.ignored).toEqual(["fc.weight", "fc.bias", "bn1.num_batches_tracked"]);
});

test.each([
  ...["", "net.", "module.", "backbone.", "module.net.", "query_encoder.net.", "encoder.", "_orig_mod."],
  ...["model.backbone.", "module.encoder_q.", "any.thing-at_all.0.", "layer1.0."],
  ...["model/", "resnet:", "net_", "a b ", `${"deep.".repeat(40)}`],
])("the prefix %j is taken off, and said", (prefix) => {
  const head = { [`${prefix}fc.weight`]: zeros([9, 4]), [`${prefix}bn1.num_batches_tracked`]: int32([], [7]) };
  const { tensors, ...said } = torchvisionWeights({ ...fileOf(expected, prefix), ...head }, expected);
  expect(Object.keys(tensors)).toEqual(Object.keys(expected));
  expect(said).toMatchObject({ prefix, ignored: Object.keys(head) });
});

test.each(["module.encoder_q.", "encoder_q."])("of MoCo's two encoders %s is taken", (prefix) => {
  const key = prefix.replace("_q", "_k");
  const file = { ...fileOf(expected, key), ...fileOf(expected, prefix), "module.queue": zeros([4, 8]) };
  expect(torchvisionWeights(file, expected).prefix).toBe(prefix);
});

test("a missing weight under a prefix is named without it, and the prefix beside", () => {
  const { "encoder.bn1.weight": _, ...rest } = fileOf(expected, "encoder.");
  expect(() => torchvisionWeights({ ...rest, "head.weight": zeros([1]) }, expected)).toThrow(
    'the 4 weights of the backbone, all under "encoder.", found missing bn1.weight; save all weights of the backbone',
  );
});

const layers = ["conv1.weight", "bn1.weight", "bn1.bias"];
const blocks = ["layer1.0", "layer1.1", "layer2.0", "layer2.1"].flatMap((b) => layers.map((l) => `${b}.${l}`));
const resnet = Object.fromEntries([...layers, ...blocks].map((name) => [name, [4]]));
const renamed = (from: string, to: string) =>
  fileOf(Object.fromEntries(Object.entries(resnet).map(([name, shape]) => [name.replace(from, to), shape])));

test.each([
  ["a vision transformer", { "vit.blocks.0.attn.qkv.weight": zeros([3]), "stem.0.weight": zeros([3]) }],
  ["one ResNet of other names", renamed("layer", "stage")],
  ["one ResNet of other names under a prefix", renamed("layer", "net.stage")],
])("%s: names of another kind are called so", (_, file) => {
  expect(() => torchvisionWeights(file, resnet)).toThrow(/unexpected .*; give a ResNet's weights by torchvision's/);
});

test.each<[string, Tensors, RegExp]>([
  ["one renamed", renamed("layer2.1.conv1", "layer2.1.convolution"), /; give the unexpected .* of the missing ones$/],
  ["one too many", { ...renamed("", ""), extra: zeros([1]) }, /unexpected extra; take the unexpected tensors out/],
  ["another depth", renamed("layer2.1", "layer2.7"), /; choose the backbone/],
  ["fewer blocks", fileOf(Object.fromEntries(Object.entries(resnet).slice(0, 9))), /; choose the backbone/],
  [
    "float64",
    { ...renamed("", ""), "bn1.weight": int32([4], [1, 1, 1, 1]) },
    /int32 .*; save these weights as float32/,
  ],
])("%s: the advice is about the cause", (_, file, message) => {
  expect(() => torchvisionWeights(file, resnet)).toThrow(message);
});

test("a ResNet of transformers is taken by its own names", () => {
  const theirs = {
    "embedder.embedder.convolution.weight": "conv1.weight",
    "embedder.embedder.normalization.running_mean": "bn1.running_mean",
    "encoder.stages.0.layers.1.layer.1.convolution.weight": "layer1.1.conv2.weight",
    "encoder.stages.3.layers.0.layer.2.normalization.bias": "layer4.0.bn3.bias",
    "encoder.stages.1.layers.0.shortcut.convolution.weight": "layer2.0.downsample.0.weight",
    "encoder.stages.1.layers.0.shortcut.normalization.weight": "layer2.0.downsample.1.weight",
  };
  const file = fileOf(Object.fromEntries(Object.keys(theirs).map((name) => [name, [4]])), "resnet.");
  const shapes = Object.fromEntries(Object.values(theirs).map((name) => [name, [4]]));
  const counter = { "resnet.encoder.stages.0.layers.0.layer.0.normalization.num_batches_tracked": int32([], [7]) };
  const head = { "classifier.1.weight": zeros([9, 4]) };
  const matched = torchvisionWeights({ ...file, ...counter, ...head }, shapes);
  expect(matched.prefix).toBe("resnet.");
  expect(Object.keys(matched.tensors)).toEqual(Object.values(theirs));
});

test("of a checkpoint of this project only the query encoder is taken", () => {
  const query = fileOf(expected, "query_encoder.net.");
  const file = {
    ...fileOf(expected, "key_encoder.net."),
    ...query,
    ...fileOf(expected, "sgd_momentum.query_encoder.net."),
    "query_encoder.projector.0.weight": zeros([2, 4]),
    queue: zeros([8, 2]),
  };
  const matched = torchvisionWeights(file, expected);
  expect(matched.tensors["bn1.weight"]).toBe(query["query_encoder.net.bn1.weight"]);
  expect(matched.ignored).toContain("queue");
});

test("a 7x7 stem stays new in a backbone for small images, and says so", () => {
  const matched = torchvisionWeights(fileOf(expected), small);
  expect(matched.newStem).toBe(true);
  expect(Object.keys(matched.tensors)).toEqual(["bn1.weight", "bn1.running_mean", "layer1.0.conv1.weight"]);
  expect(torchvisionWeights(fileOf(small), small).newStem).toBe(false);
});

test("a 3x3 stem does not fit a backbone for large images", () => {
  expect(() => torchvisionWeights(fileOf(small), expected)).toThrow(
    "wrong conv1.weight of shape [4, 3, 3, 3] instead of [4, 3, 7, 7]",
  );
});

test("missing, unexpected and misshapen names come in one line", () => {
  const { "bn1.weight": _, ...rest } = fileOf(expected);
  const file = {
    ...rest,
    "layer9.0.conv1.weight": zeros([1]),
    "bn1.running_mean": zeros([5]),
    "layer1.0.conv1.weight": int32([4, 4, 3, 3], new Int32Array(144)),
  };
  expect(() => torchvisionWeights(file, expected, { where: "r.safetensors" })).toThrow(
    "r.safetensors: expected the 4 weights of the backbone, found missing bn1.weight; unexpected layer9.0.conv1.weight; " +
      "wrong bn1.running_mean of shape [5] instead of [4], layer1.0.conv1.weight of int32 instead of float32; choose",
  );
});

test("a long list is cut, with its count", () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`w${i}`, [1]]));
  expect(() => torchvisionWeights({}, many)).toThrow("missing w0, w1, w2, w3, w4, w5 and 34 more");
});

test("two backbones in one file are refused by their prefixes", () => {
  expect(() => torchvisionWeights({ ...fileOf(expected, "a."), ...fileOf(expected, "b.") }, expected)).toThrow(
    'the weights of one backbone, found those of several, under "a." and "b."; keep one',
  );
  expect(() => torchvisionWeights({ ...fileOf(expected), ...fileOf(expected, "b.") }, expected)).toThrow(
    'under no prefix and "b."',
  );
});

test("values that are not finite are named", () => {
  const file = { ...fileOf(expected), "bn1.weight": float32([4], [1, Number.NaN, 1, 1]) };
  expect(() => torchvisionWeights(file, expected)).toThrow("found wrong bn1.weight with values that are not finite");
});
