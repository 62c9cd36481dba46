import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { joinModels } from "../src/backbone/join/index.ts";
import { openTrunk } from "../src/backbone/trunk.ts";
import { random } from "../src/core/index.ts";
import { headModel, joinOptions } from "./joined-models.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const folder = [process.env.MASKCON_DATA ?? resolve(import.meta.dirname, "../../shared/data")]
  .map((data) => join(data, "pretrained"))
  .find(existsSync);
const files = folder ? readdirSync(folder).filter((name) => name.endsWith(".onnx.xz")) : [];
const hasXz = spawnSync("xz", ["--version"]).status === 0;
if (files.length === 0) console.warn("SKIPPED: no pretrained/*.onnx.xz of real models (set MASKCON_DATA)");
else if (!hasXz) console.warn("SKIPPED: no xz to unpack real models with");

const isSkipped = files.length === 0 || !hasXz;
test.skipIf(isSkipped).each(isSkipped ? ["a real model"] : files)(
  "%s with a head computes what both do apart",
  async (name) => {
    const file = join(temporaryFolder(), "trunk.onnx");
    writeFileSync(file, spawnSync("xz", ["-dc", join(folder!, name)], { maxBuffer: 2 ** 28 }).stdout);
    const trunk = await openTrunk({ file });
    const { featureDim, imageSize } = trunk;
    const head = headModel(featureDim);
    const joined = await joinModels({ ...joinOptions(file, head.bytes), imageSize });
    const chunks: Uint8Array[] = [];
    for await (const bytes of joined.pieces()) chunks.push(bytes);

    const rng = random(1, imageSize);
    const images = Float32Array.from({ length: 2 * 3 * imageSize ** 2 }, () => rng.normal());
    const expected = head.compute(await trunk.embed(images));
    await trunk.close();
    const session = await InferenceSession.create(Buffer.concat(chunks));
    const { features } = await session.run({ images: new Tensor("float32", images, [2, 3, imageSize, imageSize]) });
    await session.release();
    const largest = Math.max(...expected.map(Math.abs));
    expect(features!.dims).toEqual([2, joined.featureDim]);
    for (const [i, value] of expected.entries()) {
      expect(Math.abs((features!.data as Float32Array)[i]! - value)).toBeLessThan(1e-5 * largest);
    }
  },
);
