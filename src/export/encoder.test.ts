import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { version } from "../config/index.ts";
import { float32, int32, random, sizeOf, type Tensors } from "../core/index.ts";
import { inExecutionOrder, readModel, writeModel } from "../engine/index.ts";
import { declareBackbone, initialize } from "../nn/index.ts";
import { compileEncoder, encoderModel } from "../step/index.ts";
import { checkModel } from "./check-model.ts";
import { exportEncoder } from "./encoder.ts";

/** What must be done to a file before anything else; `test/embed-with-pillow.test.ts` does it. */
const decodeSteps = [
  ["frame", "first"],
  ["orientation", "exif"],
  ["depth", "high-byte"],
  ["alpha", "drop"],
  ["profile", "srgb"],
  ["cmyk", "multiply"],
  ["gray", "repeat"],
].map(([step, rule]) => ({ step, rule, how: expect.stringMatching(/^[A-Z].+\.$/) }));

const backbone = "resnet20";
const imageSize = 16;
const tensors = weights(1);

function weights(seed: number): Tensors {
  const { parameters, buffers } = declareBackbone(backbone, imageSize);
  return Object.fromEntries(
    [...parameters, ...buffers].map((spec) => [spec.name, float32(spec.shape, initialize(spec, seed))]),
  );
}

const options = {
  tensors,
  backbone,
  imageSize,
  normalization: { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6] },
  method: "maskcon",
  configDigest: "abc123",
} as const;

test("the file runs in a plain session with any batch size and gives the encoder's features", async () => {
  const file = join(temporaryFolder(), "encoder.onnx");
  await exportEncoder({ ...options, file });
  const encoder = await compileEncoder({ backbone, imageSize, batchSize: 5, device: "cpu" });
  await encoder.load(tensors);
  const rng = random(9);
  const images = Float32Array.from({ length: 5 * 3 * imageSize ** 2 }, () => rng.normal());
  const expected = await encoder.embed(images.slice());
  await encoder.close();
  const session = await InferenceSession.create(file);
  for (const batch of [5, 2]) {
    const part = images.slice(0, (images.length / 5) * batch);
    const { features } = await session.run({ images: new Tensor("float32", part, [batch, 3, imageSize, imageSize]) });
    expect(features!.dims).toEqual([batch, 64]);
    (features!.data as Float32Array).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-4);
    });
  }
  await session.release();
});

test("the manifest beside it says how to feed it and what comes out", async () => {
  const dir = temporaryFolder();
  const manifest = await exportEncoder({ ...options, file: join(dir, "encoder.onnx") });
  expect((await readdir(dir)).sort()).toEqual(["encoder.json", "encoder.onnx"]);
  expect(JSON.parse(await readFile(join(dir, "encoder.json"), "utf8"))).toEqual(manifest);
  expect(manifest).toMatchObject({
    model: "encoder.onnx",
    sha256: createHash("sha256")
      .update(await readFile(join(dir, "encoder.onnx")))
      .digest("hex"),
    input: { name: "images", shape: ["batch", 3, 16, 16] },
    preprocessing: {
      order: ["decode", "resize", "scale", "mean", "std", "layout"],
      decode: decodeSteps,
      resize: {
        width: 16,
        height: 16,
        keepAspect: false,
        interpolation: "bilinear",
        antialias: true,
        reference: "PIL.Image.Image.resize((16, 16), PIL.Image.BILINEAR)",
      },
      color: "RGB",
      scale: 1 / 255,
      layout: "NCHW",
      mean: [0.1, 0.2, 0.3],
      std: [0.4, 0.5, 0.6],
    },
    output: { name: "features", shape: ["batch", 64] },
    featureDim: 64,
    similarity: { metric: "cosine", normalize: "l2" },
    method: "maskcon",
    configDigest: "abc123",
    generator: { version: expect.stringMatching(/^\d+\.\d+\.\d+/) },
  });
});

test("a model of other weights, of another size or of no sense does not pass the check", async () => {
  const o = { backbone, imageSize, tensors } as const;
  expect(await checkModel(encoderModel(o, tensors), o)).toBe(64);
  const failure = { code: "engine" };
  await expect(checkModel(encoderModel(o, weights(2)), o)).rejects.toThrow(/features of a batch of 3 within 0.0001/);
  await expect(checkModel(encoderModel({ backbone, imageSize: 24 }, tensors), o)).rejects.toMatchObject(failure);
  await expect(checkModel(new Uint8Array([1, 2, 3]), o)).rejects.toMatchObject(failure);
});

test("a model that ONNX Runtime alone accepts does not pass the check", async () => {
  const o = { backbone, imageSize, tensors } as const;
  const model = readModel(encoderModel(o, tensors));
  await expect(checkModel(writeModel(inExecutionOrder(model)), o)).rejects.toThrow(
    /node "avgpool\/\S+": expected inputs made before it/,
  );
  const opsets = { ...model.opsets, "com.microsoft": 1 };
  await expect(checkModel(writeModel({ ...model, opsets }), o)).rejects.toThrow(
    /expected standard operators only, found operators of com\.microsoft/,
  );
});

test("the file says who wrote it and how to prepare images, the same under every name", async () => {
  const dir = temporaryFolder();
  const [a, b] = [join(dir, "a.onnx"), join(dir, "b.onnx")];
  await exportEncoder({ ...options, normalization: { mean: [0.1 + 0.2, 0.2, 0.3], std: [0.4, 0.5, 0.6] }, file: a });
  const { doc, producerVersion } = readModel(await readFile(a));
  expect(producerVersion).toBe(version);
  expect(doc).toContain(
    "Pixel values from 0 to 255 are divided by 255; then the mean [0.3, 0.2, 0.3] is subtracted and the result divided " +
      "by the standard deviation [0.4, 0.5, 0.6], channel by channel. The manifest beside this file",
  );
  await exportEncoder({ ...options, normalization: { mean: [0.1 + 0.2, 0.2, 0.3], std: [0.4, 0.5, 0.6] }, file: b });
  expect((await readFile(a)).equals(await readFile(b))).toBe(true);
});

test("weights that are NaN do not pass, and an older export stays", async () => {
  const file = join(temporaryFolder(), "encoder.onnx");
  await exportEncoder({ ...options, file });
  const older = await readFile(file);
  const [name, first] = Object.entries(tensors)[0]!;
  const broken = { ...first, data: new Float32Array(sizeOf(first.shape)).fill(Number.NaN) };
  await expect(exportEncoder({ ...options, tensors: { ...tensors, [name]: broken }, file })).rejects.toMatchObject({
    code: "engine",
  });
  expect((await readFile(file)).equals(older)).toBe(true);
});

test("another file under its name stays", async () => {
  const file = join(temporaryFolder(), "encoder.onnx");
  await writeFile(file, "mine");
  await expect(exportEncoder({ ...options, file })).rejects.toThrow("expected a new file, or an ONNX model to replace");
  expect(await readFile(file, "utf8")).toBe("mine");
});

test("missing tensors are named", async () => {
  await expect(exportEncoder({ ...options, tensors: {}, file: join(temporaryFolder(), "e.onnx") })).rejects.toThrow(
    /conv1\.weight/,
  );
});

test("the manifest falls on nobody else's file, nor on the model", async () => {
  const dir = temporaryFolder();
  await expect(exportEncoder({ ...options, file: join(dir, "enc.json") })).rejects.toThrow(
    /enc\.json: expected a name for the model, found the ending of its manifest/,
  );
  await writeFile(join(dir, "config.json"), "{}");
  await expect(exportEncoder({ ...options, file: join(dir, "config.onnx") })).rejects.toThrow(
    /config\.json: expected room for the manifest of the model, found another file; choose another --out/,
  );
  expect(await readdir(dir)).toEqual(["config.json"]);
});

test("weights of another type are refused, not read as bits", () => {
  const wrong = { ...tensors, "bn1.weight": int32([16], new Array(16).fill(1)) };
  expect(() => encoderModel({ backbone, imageSize }, wrong)).toThrow(
    "bn1.weight: expected float32 [16], found int32 [16]",
  );
});
