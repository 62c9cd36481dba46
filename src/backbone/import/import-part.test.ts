import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { floats, ints, type ModelParts, node, putModel, SIDE, value } from "../../../test/joined-models.ts";
import { messageOfRefusal } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { random } from "../../core/index.ts";
import { Graph, lowerToBytes, ops } from "../../engine/index.ts";
import { openTrunk } from "../trunk.ts";
import { type ImportOptions, importPart, readParameters } from "./index.ts";
import type { Rule } from "./reading.ts";
import { rules } from "./rules/index.ts";

const images = (batch: number | string = "N") => value("pixels", [batch, 3, SIDE, SIDE]);
const graphOf = (
  nodes: object[],
  initializer: object[],
  output: readonly (number | string)[] = ["N", 5, "h", "w"],
) => ({
  ...{ name: "g", node: nodes, initializer, input: [images()], output: [value("features", output)] },
});

/** The largest difference of an imported part, whole, from ONNX Runtime's features, for several numbers of images. */
async function difference(file: string, options: Partial<ImportOptions> = {}): Promise<number> {
  const part = await importPart(file, { cut: "all", ...options });
  const numbers = await readParameters(file, part);
  const trunk = await openTrunk({ file });
  let worst = 0;
  try {
    for (const n of [1, 2, 5]) {
      const rng = random(1, n);
      const noise = Float32Array.from({ length: n * 3 * SIDE * SIDE }, () => rng.normal());
      const graph = new Graph(ops);
      const parameter = (name: string, shape: readonly number[]) =>
        graph.constant({ dtype: "float32", shape, data: numbers[name]! });
      const input = graph.input("input", "float32", [n, ...part.inputShape]);
      graph.output("features", part.write({ graph, parameter }, input));
      const session = await InferenceSession.create(lowerToBytes(graph, { block: 0 }), { logSeverityLevel: 4 });
      const { features } = await session.run({ input: new Tensor("float32", noise, [n, ...part.inputShape]) });
      const expected = await trunk.embed(noise);
      const most = Math.max(...expected.map(Math.abs));
      expected.forEach((one, i) => {
        worst = Math.max(worst, Math.abs(one - (features!.data as Float32Array)[i]!) / most);
      });
      await session.release();
    }
  } finally {
    await trunk.close();
  }
  return worst;
}

const conv = node("Conv", "pixels kernel bias", "map", { pads: [1, 1, 1, 1] });
const kernel = floats("kernel", 5, 3, 3, 3);
const bias = floats("bias", 5);
const relu = node("Relu", "map", "features");

test("parameters come in the order of their use, with blocks and decay", async () => {
  const nodes = [
    node("Mul", "pixels scale", "scaled"),
    node("Conv", "scaled kernel bias", "map", { pads: [1, 1, 1, 1] }),
    node("Relu", "map", "active"),
    node("Reshape", "active flat", "tokens"),
    node("Transpose", "tokens", "rows", { perm: [0, 2, 1] }),
    node("Expand", "cls spread", "first"),
    node("Concat", "first rows", "joined", { axis: 1 }),
    node("Add", "joined position", "placed"),
    node("Identity", "matrix", "same"),
    node("MatMul", "placed same", "product"),
    node("Add", "product shift", "features"),
    ...[
      node("Shape", "pixels", "sizes"),
      node("Gather", "sizes zero", "n"),
      node("Concat", "n one five", "spread", { axis: 0 }),
    ],
  ];
  const tokens = SIDE * SIDE;
  const initializer = [
    ...[floats("scale", 1, 3, 1, 1), kernel, bias, floats("cls", 1, 1, 5), floats("position", 1, tokens + 1, 5)],
    ...[floats("matrix", 5, 7), floats("shift", 7), ints("flat", [3], 0, 5, -1)],
    ...[ints("zero", [1], 0), ints("one", [1], 1), ints("five", [1], 5)],
  ];
  const file = putModel(graphOf(nodes, initializer, ["N", tokens + 1, 7]));
  const part = await importPart(file, { cut: "all" });
  expect(part.parameters).toEqual([
    { name: "scale", shape: [1, 3, 1, 1], block: 2, decays: false },
    { name: "kernel", shape: [5, 3, 3, 3], block: 1, decays: true },
    { name: "bias", shape: [5], block: 1, decays: false },
    { name: "cls", shape: [1, 1, 5], block: 1, decays: false },
    { name: "position", shape: [1, tokens + 1, 5], block: 1, decays: false },
    { name: "matrix", shape: [5, 7], block: 0, decays: true },
    { name: "shift", shape: [7], block: 0, decays: false },
  ]);
  expect(part).toMatchObject({ input: "pixels", inputShape: [3, SIDE, SIDE], featureDim: 14, blocks: 3, frozen: [] });
  expect(await difference(file)).toBeLessThan(1e-5);
  const tail = await importPart(file, { cut: 1 });
  expect(tail.parameters.map(({ name }) => name)).toEqual(["matrix", "shift"]);
  expect(tail.blocks).toBe(1);
});

test("masks, statistics and what no gradient passes stay constant", async () => {
  const statistics = ["mean", "variance"].map((name) => ({
    ...floats(name, 5),
    rawData: new Uint8Array(Float32Array.from({ length: 5 }, () => 1.5).buffer),
  }));
  const nodes = [
    conv,
    node("BatchNormalization", "map gamma beta mean variance", "normal"),
    node("Floor", "table", "whole"),
    node("Add", "normal whole", "moved"),
    node("Add", "moved mask", "features"),
  ];
  const mask = {
    name: "mask",
    dims: [1, 1, 1, SIDE],
    dataType: 1,
    rawData: new Uint8Array(Float32Array.from({ length: SIDE }, (_, i) => (i % 2 ? 0 : -100)).buffer),
  };
  const file = putModel(
    graphOf(nodes, [
      kernel,
      bias,
      floats("gamma", 5),
      floats("beta", 5),
      ...statistics,
      floats("table", 5, 1, 1),
      mask,
    ]),
  );
  const part = await importPart(file, { cut: "all" });
  expect(part.parameters.map(({ name }) => name)).toEqual(["kernel", "bias", "gamma", "beta"]);
  expect(part.frozen).toEqual(["table"]);
  expect(await difference(file)).toBeLessThan(1e-5);
});

test("weights that are standardised are trained, images are not standardised by their batch", async () => {
  const training = { training_mode: 1, epsilon: { float: 1e-4 } };
  const running = (name: string) => ({
    ...floats(name, 5),
    rawData: new Uint8Array(new Float32Array(5).fill(1).buffer),
  });
  const tensors = [bias, floats("gain", 5), floats("zero", 5), running("m"), running("v"), ints("flat", [3], 1, 5, 27)];
  const nodes = [
    node("Reshape", "kernel flat", "rows"),
    node("BatchNormalization", "rows gain zero m v", "standard rm rv", training),
    node("Reshape", "standard back", "scaled"),
    node("Conv", "pixels scaled bias", "features"),
  ];
  const file = putModel(graphOf(nodes, [kernel, ...tensors, ints("back", [4], 5, 3, 3, 3)]), { opset: 15 });
  const part = await importPart(file, { cut: "all" });
  expect(part.parameters.map(({ name, decays }) => [name, decays])).toEqual([
    ["kernel", true],
    ["gain", false],
    ["zero", false],
    ["bias", false],
  ]);
  expect(await difference(file)).toBeLessThan(1e-5);
  const computed = [
    node("Reshape", "kernel flat", "rows"),
    node("ReduceMean", "rows", "m", { axes: [0, 2], keepdims: 0 }),
    node("ReduceMean", "rows", "wide", { axes: [0, 2], keepdims: 1 }),
    node("Sub", "rows wide", "centred"),
    node("Mul", "centred centred", "squares"),
    node("ReduceMean", "squares", "v", { axes: [0, 2], keepdims: 0 }),
    node("BatchNormalization", "rows gain zero m v", "standard", { epsilon: { float: 1e-4 } }),
    ...nodes.slice(2),
  ];
  const measured = tensors.filter(({ name }) => name !== "m" && name !== "v");
  const other = putModel(graphOf(computed, [kernel, ...measured, ints("back", [4], 5, 3, 3, 3)]), { opset: 15 });
  const same = await importPart(other, { cut: "all" });
  expect(same.parameters).toEqual(part.parameters);
  expect(same.frozen).toEqual([]);
  expect(await difference(other)).toBeLessThan(1e-5);
  const ofImages = [conv, node("BatchNormalization", "map gain zero m v", "features rm rv", training)];
  expect(
    await messageOfRefusal(
      importPart(putModel(graphOf(ofImages, [kernel, ...tensors]), { opset: 15 }), { cut: "all" }),
    ),
  ).toMatch(/expected statistics of the file, found those of each batch; use --trainable head/);
});

test("scales of a Resize are no weights", async () => {
  const nodes = [conv, node("Resize", "map none twice", "features", { mode: "linear" })];
  const list = (name: string, ...values: number[]) => ({
    ...{ name, dims: [values.length], dataType: 1, rawData: new Uint8Array(Float32Array.from(values).buffer) },
  });
  const file = putModel(graphOf(nodes, [kernel, bias, list("none"), list("twice", 1, 1, 2, 3)]));
  const part = await importPart(file, { cut: "all" });
  expect(part.parameters.map(({ name }) => name)).toEqual(["kernel", "bias"]);
  expect(await difference(file)).toBeLessThan(1e-5);
});

test("a tensor that is a scale and a variance, too, stays constant", async () => {
  const nodes = [
    conv,
    node("Identity", "ones", "same"),
    node("BatchNormalization", "map ones beta beta same", "features"),
  ];
  const ones = { ...floats("ones", 5), rawData: new Uint8Array(Float32Array.of(1, 2, 3, 4, 5).buffer) };
  const file = putModel(graphOf(nodes, [kernel, bias, ones, floats("beta", 5)]));
  const part = await importPart(file, { cut: "all" });
  expect(part.parameters.map(({ name }) => name)).toEqual(["kernel", "bias"]);
  expect([...part.frozen].sort()).toEqual(["beta", "ones"]);
  expect(await difference(file)).toBeLessThan(1e-5);
});

test("a weight that the trunk reads, too, stays as it is", async () => {
  const nodes = [
    conv,
    node("Conv", "map second", "one"),
    node("Relu", "one", "two"),
    node("Conv", "two second", "three"),
    node("Conv", "three third", "features"),
  ];
  const file = putModel(graphOf(nodes, [kernel, bias, floats("second", 5, 5, 1, 1), floats("third", 5, 5, 1, 1)]));
  const part = await importPart(file, { cut: 1 });
  expect(part.parameters.map(({ name }) => name)).toEqual(["third"]);
  const two = await importPart(file, { cut: 2 });
  expect(two.parameters.map(({ name }) => name)).toEqual(["second", "third"]);
});

test("before the cut any operator serves", async () => {
  const nodes = [
    node("Celu", "pixels", "odd"),
    node("Conv", "odd kernel bias", "map"),
    node("Relu", "map", "features"),
  ];
  const part = await importPart(putModel(graphOf(nodes, [kernel, bias])), { cut: 1 });
  expect(part).toMatchObject({ input: "odd", inputShape: [3, SIDE, SIDE] });
  expect(part.parameters.map(({ name }) => name)).toEqual(["kernel", "bias"]);
});

test("channels that come last, uneven pads and old operator sets", async () => {
  const nodes = [
    node("Transpose", "pixels", "first", { perm: [0, 3, 1, 2] }),
    node("Pad", "first", "padded", { pads: [0, 0, 0, 0, 0, 0, 1, 1] }),
    node("Conv", "padded kernel bias", "map", { strides: [2, 2] }),
    node("Clip", "map", "clipped"),
    node("Unsqueeze", "clipped", "five", { axes: [-1] }),
    node("Squeeze", "five", "four", { axes: [4] }),
    node("Slice", "four", "features", { starts: [0, 1], ends: [-1, 1000], axes: [1, 2] }),
  ];
  const graph = { ...graphOf(nodes, [kernel, bias]), input: [value("pixels", ["N", SIDE, SIDE, 3])] };
  const file = putModel(graph, { opset: 9 });
  expect((await importPart(file, { cut: "all" })).inputShape).toEqual([3, SIDE, SIDE]);
  expect(await difference(file)).toBeLessThan(1e-5);
});

test("numbers in a file beside it", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "weights"));
  writeFileSync(join(folder, "weights/kernel.bin"), kernel.rawData);
  const { rawData: _, ...empty } = kernel;
  const outside = { ...empty, dataLocation: 1, externalData: [{ key: "location", value: "weights/kernel.bin" }] };
  const file = putModel(graphOf([conv, relu], [outside, bias]), {}, folder);
  expect(await difference(file)).toBeLessThan(1e-5);
  renameSync(join(folder, "weights/kernel.bin"), join(folder, "weights/other.bin"));
  expect(await messageOfRefusal(importPart(file, { cut: "all" }))).toMatch(/kernel\.bin: expected a readable file/);
});

describe("a fixed batch", () => {
  const fixed = (n: number, nodes: object[], more: object[] = [], parts: ModelParts = {}) =>
    putModel({ ...graphOf(nodes, [kernel, bias, ...more], [n, 5, SIDE, SIDE]), input: [images(n)] }, parts);

  test("is made free where images do not touch each other", async () => {
    const part = await importPart(fixed(1, [conv, relu]), { cut: "all" });
    expect(part.inputShape).toEqual([3, SIDE, SIDE]);
  });

  test("is made free where shapes within have it in them", async () => {
    const nodes = [
      node("Reshape", "pixels shape", "shaped"),
      node("Conv", "shaped kernel", "features", { pads: [1, 1, 1, 1] }),
    ];
    const file = fixed(1, nodes, [ints("shape", [4], 1, 3, SIDE, SIDE)]);
    expect(await difference(file)).toBeLessThan(1e-5);
    expect((await importPart(file, { cut: 1 })).inputShape).toEqual([3, SIDE, SIDE]);
  });

  test("in which images touch each other is refused", async () => {
    const nodes = [conv, node("ReduceMean", "map", "mean", { axes: [0] }), node("Sub", "map mean", "features")];
    expect(await messageOfRefusal(importPart(fixed(2, nodes), { cut: "all" }))).toMatch(
      /expected a model of any number of images, found 2 at once: .*; export it with a free batch/,
    );
  });

  test("does not hide another reason", async () => {
    expect(
      await messageOfRefusal(importPart(fixed(2, [conv, node("Celu", "map", "features")]), { cut: "all" })),
    ).toMatch(/without a gradient here: Celu; use --trainable head/);
  });
});

test("images that influence one another are refused", async () => {
  const nodes = [
    conv,
    node("ReduceMean", "map", "mean", { axes: [0], keepdims: 1 }),
    node("Sub", "map mean", "features"),
  ];
  expect(await messageOfRefusal(importPart(putModel(graphOf(nodes, [kernel, bias])), { cut: "all" }))).toMatch(
    /expected features of each image alone, found images that influence one another; use --trainable head/,
  );
});

test("a wrong rule is found before it is used", async () => {
  const file = putModel(graphOf([conv, relu], [kernel, bias]));
  const written = rules as Map<string, Rule>;
  const right = rules.get("Relu")!;
  written.set("Relu", (reading) => reading.value(0));
  try {
    expect(await messageOfRefusal(importPart(file, { cut: "all" }))).toMatch(
      /expected the features that ONNX Runtime computes, found others, once imported/,
    );
  } finally {
    written.set("Relu", right);
  }
});

test("what cannot be trained is refused in a line", async () => {
  const refusal = (nodes: object[], more: object[] = [], options: Partial<ImportOptions> = {}) =>
    messageOfRefusal(importPart(putModel(graphOf(nodes, [kernel, bias, ...more])), { cut: "all", ...options }));
  const head = /; use --trainable head, which takes it$/;
  expect(await refusal([conv, node("Celu", "map", "features")])).toMatch(head);
  expect(await refusal([conv, node("Celu", "map", "features")])).toMatch(/without a gradient here: Celu/);
  const behind = [
    node("Celu", "pixels", "odd"),
    node("Conv", "odd kernel bias", "map"),
    node("Relu", "map", "features"),
  ];
  expect(await refusal(behind)).toMatch(/Celu; use --trainable tail:1 at most$/);
  expect(
    await refusal(
      [conv, relu],
      [{ ...ints("q", [8], 1), name: "q", dataType: 3, dims: [8], rawData: new Uint8Array(8) }],
    ),
  ).toMatch(/its weights are int8/);
  expect(await refusal([conv, node("Pow", "map map", "features")])).toMatch(
    /Pow "features": expected an exponent known beforehand/,
  );
  expect(await refusal([node("Relu", "pixels", "features")])).toMatch(/expected weights to train, found none/);
  expect(await refusal([conv, relu], [], { cut: 3 })).toMatch(/^--trainable tail:3: expected /);
  expect(await refusal([conv, relu], [], { output: "none" })).toMatch(/^--feature-output none/);
});

test("nothing is left in the folder for temporary files", async () => {
  const folder = temporaryFolder();
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const taken = putModel(graphOf([conv, relu], [kernel, bias]));
    await importPart(taken, { cut: "all" });
    const refused = putModel(
      graphOf([conv, node("Reshape", "map flat", "features")], [kernel, bias, ints("flat", [2], 7, 7)]),
    );
    await messageOfRefusal(importPart(refused, { cut: "all" }));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
  expect(existsSync(folder)).toBe(true);
  expect(readdirSync(folder).filter((name) => name.startsWith("maskcon-import-"))).toEqual([]);
});
