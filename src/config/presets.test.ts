import { expect, it } from "vitest";
import { resolveConfig } from "./resolve.ts";

/** The protocol table of the official code, in its order. */
const shared = {
  backbone: "resnet18",
  method: "maskcon",
  embeddingDim: 256,
  queueSize: 8192,
  keyMomentum: 0.99,
  temperature: 0.1,
  softWeight: 1,
  coarseWeight: 0,
  sgdMomentum: 0.9,
  weightDecay: 5e-4,
  learningRate: 0.02,
  warmupEpochs: 5,
  epochs: 200,
  batchSize: 128,
  weak: "crop-flip",
};
const small = { ...shared, imageSize: 32, softTemperature: 0.05, strong: "crop-flip-autoaugment" };
const large = { ...shared, imageSize: 224, softTemperature: 0.1, weak: "crop-flip-perspective" };

it.each([
  ["cifartoy-good", small],
  ["cifartoy-bad", small],
  ["cifar100", small],
  ["imagenet32", { ...small, queueSize: 16_384, epochs: 100, batchSize: 256 }],
  ["sop-split1", { ...large, softWeight: 0.8, strong: "crop-flip-perspective" }],
  ["sop-split2", { ...large, softWeight: 0.8, strong: "crop-flip-perspective" }],
  ["cars196", { ...large, strong: "crop-flip-perspective-color" }],
])("the preset %s is the paper's protocol", (preset, protocol) => {
  expect(resolveConfig({ flags: { preset } })).toMatchObject(protocol);
});

it("the preset start is MaskCon by degrees; another method with it is that method itself", () => {
  const start = { learningRate: 0.03, epochs: 20, leastSteps: 500 };
  expect(resolveConfig({ flags: { preset: "start" } })).toMatchObject({
    ...start,
    ...{ method: "maskcon", softWeight: 0, softWeightEnd: 1, softTemperature: 0.05, coarseWeight: 1 },
  });
  const supcon = resolveConfig({ flags: { preset: "start", method: "supcon" } });
  expect(supcon).toMatchObject({ ...start, softWeight: 1, coarseWeight: 0 });
  expect(supcon.softWeightEnd).toBeUndefined();
});
