import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { put } from "../../test/data-samples.ts";
import { channelMeans, type ForeignModelParts, foreignModel } from "../../test/foreign-models.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { random } from "../core/index.ts";
import { openTrunk, type Trunk, type TrunkOptions } from "./trunk.ts";

async function open(model: Uint8Array, options: Partial<TrunkOptions> = {}): Promise<Trunk> {
  const file = put(temporaryFolder(), "model.onnx", model);
  const trunk = await openTrunk({ file, imageSize: 4, threads: 1, ...options });
  onTestFinished(() => trunk.close());
  return trunk;
}

/** `n` images [3, 4, 4] of noise. */
function noise(n: number): Float32Array {
  const rng = random(3);
  return Float32Array.from({ length: n * 48 }, () => rng.normal());
}

const meansOf = (images: Float32Array): number[] =>
  Array.from({ length: images.length / 16 }, (_, row) => {
    const values = [...images.subarray(16 * row, 16 * (row + 1))];
    return values.reduce((sum, value) => sum + value, 0) / 16;
  });

function expectClose(found: Float32Array, expected: readonly number[], digits = 5) {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, digits);
}

test("a vector comes out as it is, for any number of images", async () => {
  const trunk = await open(channelMeans());
  expect(trunk).toMatchObject({ imageSize: 4, featureDim: 3, pooling: undefined, preprocessing: undefined });
  for (const n of [1, 2, 7]) expectClose(await trunk.embed(noise(n)), meansOf(noise(n)));
});

test("images in shared memory are taken", async () => {
  const trunk = await open(channelMeans());
  const shared = new Float32Array(new SharedArrayBuffer(4 * 48 * 3));
  shared.set(noise(3));
  expectClose(await trunk.embed(shared.subarray(48)), meansOf(noise(3)).slice(3));
});

test("a model of a fixed batch is run in pieces, the last one filled up", async () => {
  const trunk = await open(channelMeans(4, 2));
  for (const n of [1, 2, 5]) expectClose(await trunk.embed(noise(n)), meansOf(noise(n)));
});

test.each([1, 2])("images that are no whole ones are refused, with a batch of %s too", async (batch) => {
  const trunk = await open(channelMeans(4, batch === 1 ? "N" : batch));
  const refused = "images: expected a Float32Array of whole images of 48 numbers, found";
  await expect(trunk.embed(noise(2).subarray(1))).rejects.toThrow(`${refused} 95 numbers`);
  await expect(trunk.embed(new Float32Array(0))).rejects.toThrow(`${refused} 0 numbers`);
  await expect(trunk.embed([...noise(1)] as unknown as Float32Array)).rejects.toThrow(`${refused} 48 numbers`);
});

test.each([0, -4, 4.5, Number.NaN, 1e9])("a side of %s pixels is refused", async (imageSize) => {
  await expect(open(channelMeans(), { imageSize })).rejects.toThrow("--image-size: expected a whole number from 1 to");
});

test("channels come last where the model has them last", async () => {
  const nodes = [["features", "ReduceMean", ["images"], { axes: [1, 2], keepdims: 0 }]] as const;
  const trunk = await open(channelMeans(4, "N", { inputs: { images: ["N", 4, 4, 3] }, nodes }));
  expectClose(await trunk.embed(noise(3)), meansOf(noise(3)));
});

test("a model of float16 gets halves and gives them", async () => {
  const trunk = await open(channelMeans("s", "N", { type: "float16" }));
  expectClose(await trunk.embed(noise(3)), meansOf(noise(3)), 2);
});

test("a map is averaged over height and width", async () => {
  const nodes = [["features", "Neg", ["images"]]] as const;
  const trunk = await open(channelMeans("s", "N", { outputs: { features: ["N", 3, "s", "s"] }, nodes }));
  expect(trunk.output).toEqual({ name: "features", kind: "map" });
  const means = meansOf(noise(2)).map((mean) => -mean);
  expectClose(await trunk.embed(noise(2)), means);
});

/** The places of an image as tokens [N, 16, 3], with the sum before them as a class token where `cls`. */
const tokens = (cls: boolean): ForeignModelParts => ({
  inputs: { images: ["N", 3, 4, 4] },
  outputs: { tokens: ["N", "T", 3] },
  nodes: [
    ["rows", "Reshape", ["images", "shape"]],
    ["places", "Transpose", ["rows"], { perm: [0, 2, 1] }],
    ["sum", "ReduceSum", ["places", "axis"], { keepdims: 1 }],
    ["tokens", "Concat", cls ? ["sum", "places"] : ["places"], { axis: 1 }],
  ],
  constants: { shape: { dims: [3], ints: [0, 3, 16] }, axis: { dims: [1], ints: [1] } },
});

test("tokens are pooled as asked", async () => {
  const images = noise(2);
  const [a, b] = [meansOf(images.subarray(0, 48)), meansOf(images.subarray(48))];
  const sums = (means: number[]) => means.map((mean) => 16 * mean);
  const withClass = foreignModel(tokens(true));
  const cases = [
    [undefined, [...sums(a), ...a, ...sums(b), ...b]],
    ["cls", [...sums(a), ...sums(b)]],
    ["mean", [...a, ...b]],
  ] as const;
  for (const [pooling, expected] of cases)
    expectClose(await (await open(withClass, { pooling })).embed(images), expected);
  const without = await open(foreignModel(tokens(false)));
  expect(without.pooling).toBe("mean");
  expectClose(await without.embed(images), [...a, ...b]);
  await expect(open(foreignModel(tokens(false)), { pooling: "cls" })).rejects.toThrow(
    "--features cls: expected a class token before those of the patches, found 16 tokens, a square; use mean",
  );
  await expect(open(channelMeans(), { pooling: "mean" })).rejects.toMatchObject({ code: "usage" });
});

test("a feature that is no finite number names its image", async () => {
  const trunk = await open(
    channelMeans("s", "N", {
      nodes: [
        ["m", "Sqrt", ["images"]],
        ["features", "ReduceMean", ["m"], { axes: [2, 3], keepdims: 0 }],
      ],
    }),
  );
  const images = new Float32Array(5 * 48).fill(1);
  images[3 * 48] = -1;
  await expect(trunk.embed(images)).rejects.toThrow(
    /expected features that are finite numbers, found NaN for image 3;/,
  );
  await expect(trunk.embed(images, (i) => `car-${i}.png`)).rejects.toThrow("found NaN for car-3.png;");
  images[3 * 48] = Number.POSITIVE_INFINITY;
  await expect(trunk.embed(images)).rejects.toThrow("found Infinity for image 3");
});

test("the digest is of all files with numbers", async () => {
  const folder = temporaryFolder();
  const nodes = [
    ["features", "Mul", ["means", "w"]],
    ["means", "ReduceMean", ["images"], { axes: [2, 3], keepdims: 0 }],
  ] as const;
  const outside = channelMeans(4, "N", { nodes, constants: { w: { dims: [1], file: "w.bin" } } });
  const file = put(folder, "model.onnx", outside);
  const digestWith = async (w: number) => {
    writeFileSync(join(folder, "w.bin"), new Uint8Array(Float32Array.of(w).buffer));
    const trunk = await openTrunk({ file });
    expectClose(
      await trunk.embed(noise(1)),
      meansOf(noise(1)).map((mean) => w * mean),
    );
    await trunk.close();
    return trunk.digest;
  };
  const first = await digestWith(2);
  expect(await digestWith(3)).not.toBe(first);
  expect(await digestWith(2)).toBe(first);
  const alone = await open(channelMeans());
  expect(alone.digest).toBe(createHash("sha256").update(readFileSync(alone.file)).digest("hex"));
});

test("what ONNX Runtime does not compute, and a wrong size, are refused in a line", async () => {
  const unknown = channelMeans("s", "N", { nodes: [["features", "Nonesuch", ["images"]]] });
  await expect(open(unknown)).rejects.toThrow(/expected a model that ONNX Runtime computes, found /);
  await expect(open(channelMeans(8), { imageSize: 4 })).rejects.toThrow("--image-size: expected 8");
  await expect(open(channelMeans(), { output: "logits" })).rejects.toThrow("--feature-output logits: expected one of");
  const summed = channelMeans(4, "N", {
    nodes: [["features", "ReduceMean", ["images"], { axes: [0, 2], keepdims: 0 }]],
  });
  const trunk = open(summed);
  await expect(trunk).rejects.toThrow(/found an output \[3, 4\] in place of a vector for each of 1 images/);
});

test.each<[string, Uint8Array, RegExp]>([
  ["a batch beyond memory", channelMeans(4, 2 ** 40), /at most 1 GB of images at once, found 1099511627776 of 4 px/],
  ["images beyond memory", channelMeans(2 ** 30), /at most 1 GB of images at once, found 1 of 1073741824 px/],
  ["another rank than it says", wrongRank(), /found an output \[1, 3, 16\] in place of a vector for each of 1 images/],
])("%s is refused in a line", async (_, model, message) => {
  await expect(open(model, { imageSize: undefined })).rejects.toThrow(message);
});

test("sizes of -1 are free ones; of 0 ONNX Runtime says what it is", async () => {
  const trunk = await open(channelMeans(-1, -1));
  expectClose(await trunk.embed(noise(3)), meansOf(noise(3)));
  await expect(open(channelMeans(0, 0))).rejects.toThrow(
    "a model that ONNX Runtime computes, found Got invalid dimensions",
  );
});

/** Says [N, 3], gives [N, 3, 16]: the shape of a Reshape is known only when it is run. */
function wrongRank(): Uint8Array {
  return channelMeans(4, "N", {
    nodes: [
      ["shape", "Abs", ["constant"]],
      ["features", "Reshape", ["images", "shape"]],
    ],
    constants: { constant: { dims: [3], ints: [1, 3, 16] } },
  });
}

/** The archive, unpacked with `xz -d`. */
const mobilenet = [
  process.env.MASKCON_DATA ?? resolve(import.meta.dirname, "../../../shared/data"),
  join(tmpdir(), "maskcon-data"),
]
  .map((root) => join(root, "pretrained/mobilenet_v1_0.75_224.onnx"))
  .find((file) => existsSync(file));
if (!mobilenet) console.warn("SKIPPED: pretrained/mobilenet_v1_0.75_224.onnx is not unpacked (set MASKCON_DATA)");

test.skipIf(!mobilenet)("MobileNetV1 gives the same features one by one and together", async () => {
  const trunk = await openTrunk({ file: mobilenet! });
  onTestFinished(() => trunk.close());
  const rng = random(5);
  const images = Float32Array.from({ length: 3 * 3 * 224 * 224 }, () => rng.uniform() * 2 - 1);
  const together = await trunk.embed(images);
  for (let i = 0; i < 3; i++) {
    const alone = await trunk.embed(images.subarray(i * 150528, (i + 1) * 150528));
    expectClose(alone, [...together.subarray(i * trunk.featureDim, (i + 1) * trunk.featureDim)], 4);
  }
});
