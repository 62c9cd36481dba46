import { describe, expect, test } from "vitest";
import { checkFeatures } from "./plausible-features.ts";

const check = (kind: "tokens" | "map", imageSize: number, shape: readonly number[], name = "output0") =>
  checkFeatures({ file: "m.onnx", output: { name, kind }, shape: [1, ...shape], imageSize });

describe("tokens of encoders", () => {
  test.each<[string, side: number, tokens: number]>([
    ["ViT-B/16", 224, 197],
    ["DeiT, two before the patches", 224, 198],
    ["ViT-B/16 at 384 px", 384, 577],
    ["ViT-S/8", 224, 785],
    ["ViT-L/32 at 384 px", 384, 145],
    ["ViT-H/14", 224, 257],
    ["DINOv2", 518, 1370],
    ["DINOv2 with registers", 518, 1374],
    ["DINOv2 with registers at 224 px", 224, 261],
    ["DINOv2 at a side that its patches do not divide", 256, 325],
    ["DINOv3", 256, 261],
    ["CLIP-B/32", 224, 50],
    ["CLIP-L/14 at 336 px", 336, 577],
    ["SigLIP-B/16", 224, 196],
    ["SigLIP-B/16 at 512 px", 512, 1024],
    ["SigLIP so400m/14 at 384 px", 384, 729],
    ["Swin", 224, 49],
    ["Swin at 384 px", 384, 144],
    ["BEiT", 224, 197],
    ["CaiT at 448 px", 448, 785],
    ["PVT's last stage", 224, 50],
    ["LeViT's last stage", 224, 16],
    ["PiT's class token", 224, 1],
    ["OWL-ViT's image model", 768, 577],
    ["OWLv2's image model", 960, 3601],
    ["FlexiViT, patches of 48 px", 240, 25],
    ["FlexiViT, patches of 15 px", 240, 257],
    ["patches that overlap", 224, 27 ** 2 + 1],
    ["prompts before the patches", 224, 196 + 1 + 10],
  ])("%s", (_, side, tokens) => {
    for (const width of [192, 384, 768, 1024, 1536]) expect(() => check("tokens", side, [tokens, width])).not.toThrow();
  });
});

test.each<[string, side: number, shape: number[]]>([
  ["ConvNeXt", 224, [768, 7, 7]],
  ["MobileViT", 256, [640, 8, 8]],
  ["the first stage of a ConvNeXt", 224, [96, 56, 56]],
  ["channels that come last", 224, [7, 7, 1280]],
  ["SAM's encoder", 1024, [256, 64, 64]],
  ["a toy", 12, [5, 12, 12]],
])("a map of %s", (_, side, shape) => {
  expect(() => check("map", side, shape)).not.toThrow();
});
test("class scores of one place", () => {
  expect(() => check("map", 224, [1000, 1, 1], "logits")).not.toThrow();
  expect(() => check("tokens", 224, [1, 1000], "logits")).not.toThrow();
});
test("a toy's tokens", () => {
  for (const tokens of [37, 145, 3]) expect(() => check("tokens", 12, [tokens, 5])).not.toThrow();
});

const detector = "found what looks like a detector: output0";
const segmentation = "found what looks like a segmentation model: output0";
test.each<[string, "tokens" | "map", side: number, shape: number[], message: string]>([
  ["YOLOv8", "tokens", 640, [84, 8400], `${detector} [1, 84, 8400] has 84 numbers at each of 8400 places`],
  ["YOLOv8 at 320 px", "tokens", 320, [84, 2100], detector],
  ["YOLOv8 of as many numbers as patches", "tokens", 320, [68, 2100], detector],
  ["YOLOv8 of one class at 224 px", "tokens", 224, [5, 1029], detector],
  ["YOLOv8 of four grids", "tokens", 1280, [84, 34000], detector],
  ["YOLOv8 with masks", "tokens", 640, [116, 8400], detector],
  [
    "YOLOv5",
    "tokens",
    640,
    [25200, 85],
    `${detector} [1, 25200, 85] has 25200 rows, which are no patches of an image of 640 px`,
  ],
  ["YOLOv5 at 416 px", "tokens", 416, [10647, 85], detector],
  ["YOLOX", "tokens", 640, [8400, 85], detector],
  ["YOLOv10", "tokens", 640, [300, 6], `${detector} [1, 300, 6] has 300 rows of 6 numbers`],
  ["boxes with scores", "tokens", 640, [100, 5], detector],
  ["SSD", "tokens", 300, [8732, 21], detector],
  ["queries", "tokens", 640, [300, 84], detector],
  ["a depth map", "tokens", 256, [256, 256], `${segmentation} [1, 256, 256] has a number for each pixel`],
  [
    "class scores of pixels",
    "map",
    520,
    [21, 520, 520],
    `${segmentation} [1, 21, 520, 520] has numbers for each pixel`,
  ],
  ["a mask", "map", 320, [1, 320, 320], segmentation],
  ["pixels, channels last", "map", 256, [128, 128, 21], segmentation],
])("%s is refused", (_, kind, side, shape, message) => {
  expect(() => check(kind, side, shape)).toThrow(message);
  expect(() => check(kind, side, shape)).toThrow(
    "; give the backbone before it, exported alone, or --feature-output NAME, where one of its outputs is features",
  );
});
test("class scores of many places are refused", () => {
  const found =
    /looks like a segmentation model: logits \[1, 150, 128, 128\] has class scores for each of 16384 places/;
  expect(() => check("map", 512, [150, 128, 128], "logits")).toThrow(found);
});
