/** What a program of somebody else's does with the library in Node. It is compiled, never run. */

import type { Dataset, RunConfig, RunOptions, Step, StopSignal, TrainEvent } from "maskcon";
import * as maskcon from "maskcon";

const settings: RunOptions = { preset: "cpu-small", imageSize: 32, softTemperature: 0.1, device: "cpu" };
const config: RunConfig = maskcon.resolveConfig({ flags: settings, file: { path: "config.json", values: settings } });
const lines: string[] = [];

function onEvent(event: TrainEvent): void {
  if (event.event === "step") lines.push(`${event.step}: ${event.loss.toFixed(3)}`);
  else if (event.event === "eval") lines.push(`${event.encoder}: ${event.recall.fine?.["1"]}`);
}

export async function trainAndSearch(folder: string, out: string): Promise<number[]> {
  const { train, test, skipped } = await maskcon.openData(folder, { imageSize: config.imageSize });
  for (const { file, reason } of skipped) lines.push(`${file}: ${reason}`);
  await maskcon.train(config, { name: "mine", train, test, skipped }, { out, onEvent });
  const run = await maskcon.loadRun(out);
  const { weights } = await run.trained();
  const images: Dataset = test ?? train;
  const { features, dim } = await maskcon.embedWith(run.record.config, weights, images);
  const recall = await maskcon.recallAtK({ features, dim, labels: images.coarse, ks: [1, 5] });
  const { report } = await maskcon.evaluateFully(features, dim, images, { resamples: 100 });
  lines.push(maskcon.idOf(images, 0), `${report.coarse.mapAtR}`, `${run.record.dataset.coarseClasses}`);
  return Object.values(recall);
}

export async function stepByStep(images: Float32Array, coarseLabels: Int32Array): Promise<number> {
  const step: Step = await maskcon.compileStep({
    backbone: "resnet20",
    imageSize: 16,
    batchSize: 8,
    embeddingDim: 32,
    coarseClasses: 2,
    queueSize: 64,
    method: { name: "maskcon", softWeight: 1 },
    temperature: 0.1,
    keyMomentum: 0.99,
    sgd: { momentum: 0.9, weightDecay: 5e-4 },
    device: "cpu",
    seed: 0,
  });
  const { loss } = await step.run({ query: images, key: images, coarseLabels, learningRate: 0.02 });
  const state = await step.save();
  await maskcon.writeSafetensors("state.safetensors", state, { loss: `${loss}` });
  await step.close();
  return state.queue?.data[0] ?? 0;
}

export async function trainingImages(data: Dataset): Promise<number> {
  const { batchSize, imageSize, weak, strong, seed, workers } = config;
  const loader = await maskcon.createTrainLoader({ dataset: data, batchSize, imageSize, weak, strong, seed, workers });
  let sum = 0;
  for await (const batch of loader.epoch(0)) {
    sum += batch.query[0] ?? 0;
    batch.release();
  }
  await loader.close();
  return sum;
}

/** The types of a model from a file, by their names. */
export async function trainModelFile(file: string, data: Dataset): Promise<number> {
  const { cuts, refusals }: maskcon.BackboneDescription = await maskcon.inspectBackbone(file, { pooling: "cls" });
  const cut: maskcon.BackboneCut | undefined = cuts[0];
  lines.push(`${cut?.tensor}: ${cut?.parameters}`, refusals.all ?? "");
  const trunk: maskcon.Trunk = await maskcon.openTrunk({ file });
  const { mean, std }: maskcon.Preprocessing = trunk.preprocessing ?? { mean: [0, 0, 0], std: [1, 1, 1], from: "" };
  const train = { ...data, normalization: { mean, std } };
  const cache: maskcon.FeatureCache = await maskcon.openFeatureCache({ ...config, trunk, train });
  const features = await cache.clean("train");
  await cache.prepareViews();
  const loader = maskcon.createFeatureLoader({ ...config, cache, dataset: train });
  const asked: maskcon.WhiteningOptions = { features, dim: cache.featureDim, coarse: data.coarse, most: 256 };
  const { whitening, tensors } = await maskcon.chooseWhitening(asked);
  const tail: maskcon.Tail = await maskcon.openTail({ file, trainable: "tail:1", threads: 2 });
  const backbone: maskcon.Adapter = { ...tail.backbone, whitened: whitening.width };
  const parameterGroups: maskcon.ParameterGroups = tail.parameterGroups({ layerDecay: 0.75, headRate: 10 });
  const options = maskcon.stepOptions(config, data.coarseClasses.length, { backbone, parameterGroups });
  const step = await maskcon.compileStep(options);
  await maskcon.loadEncoders(step, { ...tensors, ...tail.tensors });
  await step.close();
  return loader.batchesPerEpoch + (await tail.inputs(new Float32Array(3))).length;
}

export async function compareAll(out: string, signal: StopSignal): Promise<string | undefined> {
  const grid = maskcon.shareCores(maskcon.paperGrid("cifar100", "small"), 2);
  try {
    const open: maskcon.OpenImages = (run, stop) =>
      maskcon.openData("cifar", { imageSize: run.imageSize, ...(stop && { signal: stop }) });
    const { rows } = await maskcon.compare(grid, { out, source: "cifar", open, signal });
    return rows[0]?.recall.fine["1"]?.mean.toFixed(1);
  } catch (error) {
    if (error instanceof maskcon.MaskconError) return `${error.code}: ${error.failure.fix ?? error.message}`;
    throw error;
  }
}
