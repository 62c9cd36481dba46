import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { put } from "../../test/data-samples.ts";
import { messageOfRefusal } from "../../test/refusals.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { preprocessingBeside } from "./preprocessing.ts";

const half = [0.5, 0.5, 0.5];

async function read(name: string, content: unknown) {
  const folder = temporaryFolder();
  const file = put(folder, name, typeof content === "string" ? content : JSON.stringify(content));
  const found = await preprocessingBeside(join(folder, "model.onnx"));
  return found && { ...found, from: found.from === file };
}

test.each<[string, object, object]>([
  [
    "a square",
    { image_mean: half, image_std: half, size: { height: 224, width: 224 }, resample: 3 },
    { mean: half, std: half, size: 224, interpolation: "bicubic" },
  ],
  [
    "the crop within the shortest edge",
    { image_mean: half, image_std: half, size: { shortest_edge: 256 }, crop_size: { height: 224, width: 224 } },
    { mean: half, std: half, size: 224 },
  ],
  [
    "no crop",
    { image_mean: half, image_std: half, do_center_crop: false, size: 256, crop_size: 224 },
    { mean: half, std: half, size: 256 },
  ],
  ["no normalisation", { do_normalize: false, image_mean: half }, { mean: [0, 0, 0], std: [1, 1, 1] }],
  [
    "bytes that are divided by 127.5",
    { image_mean: [1, 1, 1], image_std: [1, 1, 1], rescale_factor: 1 / 127.5 },
    { mean: half, std: half },
  ],
  [
    "bytes as they are",
    { image_mean: [127.5, 127.5, 127.5], image_std: [255, 255, 255], do_rescale: false },
    { mean: half, std: [1, 1, 1] },
  ],
])("preprocessor_config.json: %s", async (_, config, expected) => {
  const found = await read("preprocessor_config.json", config);
  const rounded = (values: readonly number[]) => values.map((value) => Number(value.toFixed(9)));
  expect({ ...found, mean: rounded(found!.mean), std: rounded(found!.std) }).toEqual({ ...expected, from: true });
});

test("timm's config.json, and one that says nothing of images", async () => {
  const cfg = { mean: half, std: half, input_size: [3, 160, 160], interpolation: "bicubic", crop_pct: 0.9 };
  const expected = { mean: half, std: half, size: 160, interpolation: "bicubic", from: true };
  expect(await read("config.json", { architecture: "vit", pretrained_cfg: cfg })).toEqual(expected);
  expect(await read("config.json", { model_type: "vit" })).toBeUndefined();
  expect(await read("config.json", [])).toBeUndefined();
});

test("the folder above is asked, too, as transformers.js has its models in onnx/", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "preprocessor_config.json", JSON.stringify({ image_mean: half, image_std: half }));
  mkdirSync(join(folder, "onnx"));
  expect((await preprocessingBeside(join(folder, "onnx/model.onnx")))?.from).toBe(file);
});

test.each<[unknown, RegExp]>([
  ["{", /preprocessor_config\.json, line 1, character 2: expected JSON/],
  [{ image_mean: 0.5 }, /preprocessor_config\.json, image_mean: expected how images are prepared/],
  [{ image_mean: half, image_std: [0, 1, 1] }, /image_std\.0: expected how images are prepared/],
  [{ image_mean: half, size: -1 }, /size: expected/],
  [7, /preprocessor_config\.json: expected how images are prepared/],
])("%j is refused", async (content, message) => {
  expect(await messageOfRefusal(read("preprocessor_config.json", content))).toMatch(message);
});
