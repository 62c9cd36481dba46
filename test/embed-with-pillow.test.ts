import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InferenceSession, Tensor } from "onnxruntime-node";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { float32, type Tensors } from "../src/core/index.ts";
import { createEvalLoader, type Dataset, openImages } from "../src/data/index.ts";
import { embedImages, exportEncoder, manifestFile } from "../src/export/index.ts";
import { declareBackbone, initialize } from "../src/nn/index.ts";
import { compileEncoder } from "../src/step/index.ts";
import { pythonWith } from "./consumers/python.ts";
import { put } from "./data-samples.ts";
import { blocksOf } from "./docs/markdown.ts";
import { imageSamples } from "./image-samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("../tools/reference/embed_with_pillow.py", import.meta.url));

const { path: python, missing } = pythonWith("numpy", "PIL.ImageCms");

interface Picture {
  readonly file: string;
  readonly bytes: Uint8Array;
}

const backbone = "resnet20";
const imageSize = 32;
const normalization = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

function weights(): Tensors {
  const { parameters, buffers } = declareBackbone(backbone, imageSize);
  const specs = [...parameters, ...buffers];
  return Object.fromEntries(specs.map((spec) => [spec.name, float32(spec.shape, initialize(spec, 1))]));
}

/** The numbers of an .npy file of float32. */
function numbersOf(file: string): Float32Array {
  const bytes = readFileSync(file);
  const start = 10 + bytes.readUInt16LE(8);
  expect(bytes.toString("latin1", 10, start)).toContain("'descr': '<f4'");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

interface Embedded {
  readonly file: string;
  /** Of both ways to the same picture: of the features, in 0..1; of the network's input, the mean difference in levels of 255. */
  readonly cosine: number;
  readonly levels: number;
}

/** Writes an encoder and pictures; gives the features of `embed` for `pictures[i]`, and those of the script for `others[i]`. */
async function bothWays(pictures: readonly Picture[], others = pictures): Promise<Embedded[]> {
  const folder = temporaryFolder();
  const model = join(folder, "encoder.onnx");
  const tensors = weights();
  await exportEncoder({
    tensors,
    backbone,
    imageSize,
    normalization,
    method: "maskcon",
    configDigest: "0",
    file: model,
  });
  for (const { file, bytes } of pictures) put(folder, `ours/${file}`, bytes);
  const dataset = { ...(await openImages(join(folder, "ours"))), normalization };
  const order = dataset.ids as readonly string[];
  const ours = await embedded(dataset, tensors, join(folder, "ours.npy"));
  const named = order.map((id) => others[pictures.findIndex(({ file }) => file === id)]!);
  const files = named.map(({ file, bytes }) => put(folder, `theirs/${file}`, bytes));
  const out = join(folder, "theirs.npy");
  await run(python!, ["-W", "ignore", script, manifestFile(model), out, ...files, "--tensors"]);
  const images = numbersOf(out);
  const session = await InferenceSession.create(model);
  const shape = [order.length, 3, imageSize, imageSize];
  const { features } = await session.run({ images: new Tensor("float32", images, shape) });
  await session.release();
  const rowOf = (all: Float32Array, i: number) =>
    all.subarray((i * all.length) / order.length, ((i + 1) * all.length) / order.length);
  return order.map((file, i) => ({
    file,
    cosine: cosine(rowOf(ours.features, i), rowOf(features!.data as Float32Array, i)),
    levels: 255 * 0.226 * difference(rowOf(ours.images, i), rowOf(images, i)),
  }));
}

/** What `maskcon embed` writes, and what goes into the network. */
async function embedded(dataset: Dataset, tensors: Tensors, file: string) {
  const encoder = await compileEncoder({ backbone, imageSize, batchSize: 8, device: "cpu" });
  await encoder.load(tensors);
  await embedImages({ encoder, dataset, file, batchSize: 8, imageSize, workers: 1 });
  await encoder.close();
  const loader = await createEvalLoader({ dataset, batchSize: dataset.length, imageSize, workers: 1 });
  let images = new Float32Array();
  for await (const batch of loader.batches()) {
    images = batch.images.slice();
    batch.release();
  }
  await loader.close();
  return { features: numbersOf(file), images };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

const difference = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;

it("is shown whole in docs/export.md", () => {
  const shown = blocksOf("docs/export.md").find(({ language }) => language === "python");
  expect(shown?.text).toBe(readFileSync(script, "utf8").trim());
});

describe.skipIf(!python)(`a plain Pillow script that follows encoder.json${missing}`, () => {
  const asksForAvif = ["-W", "ignore", "-c", 'from PIL import features; assert features.check("avif")'];
  const readsAvif = python !== undefined && spawnSync(python, asksForAvif).status === 0;
  // Pillow 9.4 reads no AVIF, 12.3 does. Both read 16-bit planes wrongly.
  const isRead = ({ file }: Picture) => (readsAvif || !file.endsWith(".avif")) && file !== "planes.tif";

  it.each([
    [24, 20],
    [120, 80],
  ])("gives every kind of picture of %i x %i the features that `embed` gives it", async (width, height) => {
    const samples = (await imageSamples(width, height)).filter(isRead);
    const found = await bothWays(samples);
    expect(found.length).toBe(samples.length);
    const most = (file: string) => (file === "cmyk-icc.jpg" ? 1 : 0.01);
    expect(found.filter(({ file, cosine, levels }) => !(cosine > 0.9999 && levels < most(file)))).toEqual([]);
  });

  it("would not, had one of them another decode", async () => {
    const samples = await imageSamples(120, 80);
    const bytesOf = (name: string) => samples.find(({ file }) => file === name)!.bytes;
    const of = (...list: readonly Uint8Array[]) => list.map((bytes, i) => ({ file: `${i}.png`, bytes }));
    const [clear, p3] = [bytesOf("rgba.png"), bytesOf("p3.png")];
    const blended = await sharp(clear).flatten({ background: "black" }).png().toBuffer();
    const unconverted = await sharp(p3, { ignoreIcc: true }).png().toBuffer();
    const found = await bothWays(of(clear, p3), of(blended, unconverted));
    expect(found[0]!.cosine).toBeLessThan(0.999);
    expect(found[1]!.levels).toBeGreaterThan(1);
  });
});
