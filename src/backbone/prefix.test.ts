import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type ForeignModelParts, foreignModel } from "../../test/foreign-models.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { random } from "../core/index.ts";
import { openPrefix } from "./prefix.ts";
import { openTrunk } from "./trunk.ts";

const noise = (length: number) => {
  const rng = random(length);
  return Float32Array.from({ length }, () => rng.normal());
};
const weight = noise(5 * 3);
/** A 1x1 convolution, ReLU, the mean of each channel and a scale, the numbers of which lie in a file beside the model. */
const parts = (batch: number | string = "N"): ForeignModelParts => ({
  inputs: { images: [batch, 3, 4, 4] },
  outputs: { features: [batch, 5], spare: [batch, 5, 4, 4] },
  nodes: [
    ["map", "Conv", ["images", "w"]],
    ["positive", "Relu", ["map"]],
    ["means", "ReduceMean", ["positive"], { axes: [2, 3], keepdims: 0 }],
    ["features", "Mul", ["means", "scale"]],
    ["spare", "Neg", ["map"]],
  ],
  constants: { w: { dims: [5, 3, 1, 1], floats: [...weight] }, scale: { dims: [5], file: "sub/scale.bin" } },
});

function put(batch?: number | string): string {
  const folder = temporaryFolder();
  const file = join(folder, "model.onnx");
  writeFileSync(file, foreignModel(parts(batch)));
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/scale.bin"), new Uint8Array(new Float32Array(5).fill(2).buffer));
  return file;
}

/** relu(w x) of images [n, 3, 16]: [n, 5, 16] */
function positive(images: Float32Array, w = weight): number[] {
  const out: number[] = [];
  for (let image = 0; image < images.length; image += 48) {
    for (let o = 0; o < 5; o++) {
      for (let at = 0; at < 16; at++) {
        let sum = 0;
        for (let c = 0; c < 3; c++) sum += w[3 * o + c]! * images[image + 16 * c + at]!;
        out.push(Math.max(sum, 0));
      }
    }
  }
  return out;
}

// Other tests have copies, too.
beforeEach(() => vi.stubEnv("TMPDIR", temporaryFolder()));
afterEach(() => vi.unstubAllEnvs());
const copies = () => readdirSync(tmpdir()).filter((name) => name.startsWith("maskcon-model-"));
const close = (found: Float32Array, expected: readonly number[]) => {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
};

test.each(["N", 2] as const)("a batch of %s: what lies before a cut gives the tensor there", async (batch) => {
  const before = copies();
  const prefix = await openPrefix({ file: put(batch), cut: "positive" });
  onTestFinished(() => prefix.close());
  expect(copies()).toEqual(before);
  expect(prefix.shape).toEqual([5, 4, 4]);
  for (const n of [1, 3, 4]) close(await prefix.run(noise(48 * n)), positive(noise(48 * n)));
});

test("trained numbers take the place of a model's own, wherever those are kept", async () => {
  const file = put();
  const images = noise(96);
  const numbers = new Map([
    ["w", weight.map((value) => -value)],
    ["scale", Float32Array.of(1, 2, 3, 4, 5)],
  ]);
  const trunk = await openTrunk({ file, output: "features", numbers });
  onTestFinished(() => trunk.close());
  const rows = positive(images, numbers.get("w")!);
  const expected = Array.from({ length: 10 }, (_, row) => {
    const sum = rows.slice(16 * row, 16 * (row + 1)).reduce((a, b) => a + b, 0);
    return (sum / 16) * ((row % 5) + 1);
  });
  close(await trunk.embed(images), expected);
  const plain = await openTrunk({ file, output: "features" });
  onTestFinished(() => plain.close());
  expect(plain.digest).toBe(trunk.digest);
  expect([...(await plain.embed(images))]).not.toEqual([...(await trunk.embed(images))]);
});

test.each([
  ["another name", new Map([["nonesuch", weight]]), /expected an initialiser "nonesuch", found none/],
  [
    "another size",
    new Map([["w", weight.subarray(1)]]),
    /expected 14 numbers of float32 in the tensor "w", found float32/,
  ],
])("numbers of %s are refused", async (_, numbers, message) => {
  const before = copies();
  await expect(openTrunk({ file: put(), output: "features", numbers })).rejects.toThrow(message);
  expect(copies()).toEqual(before);
});
