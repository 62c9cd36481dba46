import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { foreignModel } from "../../test/foreign-models.ts";
import { onnxBytes, readGraph } from "../../test/imported-graphs.ts";
import { runCommand } from "../../test/run-command.ts";
import { float32 } from "../core/index.ts";
import { writeModel } from "../engine/index.ts";
import { declareBackbone, initialize } from "../nn/index.ts";
import { encoderModel } from "../step/encoder-model.ts";

const folder = mkdtempSync(join(tmpdir(), "maskcon-backbone-"));
const file = join(folder, "resnet20.onnx");

const pictures = join(folder, "pictures");
const half = ["--normalization", "half", "--test-fraction", "0.5", "--batch-size", "4", "--cache-dir", folder];

afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeAll(async () => {
  for (let i = 0; i < 16; i++) put(folder, `pictures/${i % 2}/${i % 4}/${i}.png`, await png(8 * i, 16, 16));
  const { parameters, buffers } = declareBackbone("resnet20", 16);
  const tensors = [...parameters, ...buffers].map((spec) => [spec.name, float32(spec.shape, initialize(spec, 0))]);
  writeFileSync(file, encoderModel({ backbone: "resnet20", imageSize: 16 }, Object.fromEntries(tensors)));
});

it("tells what a model takes and gives, and how far it can be trained", async () => {
  const { code, out, err } = await runCommand(["backbone", file]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("input      images: NCHW, float32, 16 px, any number of images\n");
  expect(out).toContain("normalise  not known: no preprocessor_config.json");
  expect(out).toContain("features   features [1, 64], as it is\n");
  expect(out).toMatch(/^operators {2}21 Conv, 19 BatchNormalization, 19 Relu, /m);
  // Nine residual blocks; what is before them is the stem, which is trained with the whole.
  expect(out).toMatch(/^trainable {2}its last block \(0\.07 million\) to its last 9 \(0\.27 million\), or all$/m);

  put(folder, "preprocessor_config.json", JSON.stringify({ image_mean: [0, 0, 0], image_std: [1, 1, 1], size: 16 }));
  const facts = JSON.parse((await runCommand(["backbone", file, "--json"])).out);
  expect(facts).toMatchObject({ imageSize: 16, parameters: 273_008, refusals: {}, preprocessing: { size: 16 } });
  expect(facts.cuts).toHaveLength(9);
});

it("has a model of foreign operators frozen alone", async () => {
  const value = (name: string, ...shape: (number | string)[]) => ({ name, dtype: "float32" as const, shape });
  const node = (op: string, domain: string, input: string, output: string) => ({
    ...{ op, domain, name: op, inputs: [input], outputs: [output], attributes: {} },
  });
  const foreign = put(folder, "foreign.onnx", "");
  writeFileSync(
    foreign,
    writeModel({
      nodes: [node("Celu", "", "x", "a"), node("Gelu", "com.microsoft", "a", "y")],
      inputs: [value("x", "N", 3, "h", "h")],
      outputs: [value("y", "N", 3, "h", "h")],
      initializers: [],
      opsets: { "": 17, "com.microsoft": 1 },
    }),
  );
  const { out } = await runCommand(["backbone", foreign, "--image-size", "8"]);
  expect(out).toContain("features   y [1, 3, 8, 8], the mean over height and width\n");
  expect(out).toContain(
    "trainable  no, its features alone serve: expected a model whose weights can be trained, found it has operators outside the standard: com.microsoft.Gelu; it has operators without a gradient here: Celu; use --trainable head, which takes it\n",
  );
});

it("pools a transformer's tokens as `train --features` does, at every depth", async () => {
  const tokens = put(folder, "tokens.onnx", onnxBytes(readGraph("dinov2")));
  const facts = async (...flags: string[]) =>
    JSON.parse((await runCommand(["backbone", tokens, ...flags, "--json"])).out);
  const [usual, cls] = [await facts(), await facts("--features", "cls")];
  expect(usual.output.pooling).toBe("the first token (CLS) and the mean of the others");
  expect(cls.output.pooling).toBe("the first token (CLS)");
  expect(cls.refusals).toEqual(usual.refusals);
});

it("says in a line that a model finds objects, and takes the output that is named", async () => {
  const boxes = put(folder, "yolo.onnx", "");
  const nodes = [
    ["row", "Reshape", ["images", "flat"]],
    ["part", "Slice", ["row", "zero", "count", "one"]],
    ["output0", "Reshape", ["part", "boxes"]],
  ] as const;
  const ints = (...values: number[]) => ({ dims: [values.length], ints: values });
  const constants = {
    flat: ints(1, -1),
    zero: ints(0),
    count: ints(84 * 2100),
    one: ints(1),
    boxes: ints(1, 84, 2100),
  };
  const shapes = { inputs: { images: [1, 3, 320, 320] }, outputs: { output0: [1, 84, 2100] } };
  writeFileSync(boxes, foreignModel({ ...shapes, nodes, constants }));
  const line =
    "yolo.onnx: expected a model whose output describes the whole image, found what looks like a detector: output0 [1, 84, 2100] has 84 numbers at each of 2100 places; give the backbone before it, exported alone, or --feature-output NAME, where one of its outputs is features\n";
  const refused = await runCommand(["backbone", boxes]);
  expect(refused).toMatchObject({ code: 1, out: "", err: expect.stringContaining(line) });
  const trained = await runCommand(["train", pictures, "--out", join(folder, "run"), "--backbone", boxes, ...half]);
  expect(trained).toMatchObject({ code: 1, err: expect.stringContaining(line) });
  const named = await runCommand(["backbone", boxes, "--feature-output", "output0"]);
  expect(named).toMatchObject({ code: 0, out: expect.stringContaining("features   output0 [1, 84, 2100], ") });

  const suppressed = put(folder, "nms.onnx", "");
  const chosen = ["kept", "NonMaxSuppression", ["images", "images"]] as const;
  writeFileSync(suppressed, foreignModel({ ...shapes, nodes: [...nodes, chosen], constants }));
  expect((await runCommand(["backbone", suppressed])).err).toContain(
    "found what looks like a detector: the operator NonMaxSuppression and the outputs output0 float32 [1, 84, 2100]; give",
  );
});

it.each<[string, readonly string[], RegExp]>([
  ["another size", ["--image-size", "32"], /--image-size: expected 16, which images is fixed to, found 32/],
  ["no size", ["--image-size", "big"], /--image-size: expected a/],
  [
    "another output",
    ["--feature-output", "logits"],
    /--feature-output logits: expected one of the model's outputs, found features/,
  ],
  [
    "tokens of a vector",
    ["--features", "cls"],
    /--features cls: expected an output of tokens \[N, T, D\], found a vector/,
  ],
  ["unknown tokens", ["--features", "first"], /--features: expected one of cls, mean, cls\+mean, found "first"/],
])("refuses %s in one line", async (_, flags, message) => {
  const { code, err } = await runCommand(["backbone", file, ...flags]);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
  expect(err.trim().split("\n")).toHaveLength(1);
});

it("refuses what is no model, and one that cannot be computed", async () => {
  const bytes = readFileSync(file);
  const cases: [string, Uint8Array | string, RegExp][] = [
    ["text.onnx", "hello, this is no model", /text\.onnx: expected an ONNX model, found a text file; export/],
    ["pointer.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:00", /found a Git LFS pointer; run/],
    ["w.onnx", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), /a safetensors file; export the model as ONNX, or/],
    ["noise.onnx", Uint8Array.of(0xff, 0xfe, 0xfd), /noise\.onnx, byte 0: expected a number/],
    ["empty.onnx", "", /empty\.onnx, byte 0: expected an ONNX model with one graph, found 0 graphs/],
    ["cut.onnx", bytes.subarray(0, 5000), /cut\.onnx, byte \d+: expected at most \d+ bytes, found a length/],
  ];
  for (const [name, content, message] of cases) {
    writeFileSync(join(folder, name), content);
    const { code, err } = await runCommand(["backbone", join(folder, name)]);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  }
});
