import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ImportedPart } from "../backbone/index.ts";
import { isModelFile, type RunConfig, type RunRecord, resolveConfig } from "../config/index.ts";
import { fail, type Tensors } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import { lastState, loadInitial, loadRun, type RunPaths, readEvaluation, type TrainEvent } from "../run/index.ts";
import type { OpenModel } from "./model.ts";
import type { Baselines } from "./run-input.ts";
import { importTail, tailOptions } from "./tail.ts";
import type { Train, TrainOptions } from "./train-options.ts";

/** What the head that is trained first leaves to the training of the model itself. */
export interface HeadStage {
  /** What of the model is trained. */
  readonly part: ImportedPart;
  /** Of the query encoder: its adapter with the whitening, its projector and classifier. */
  readonly start: Tensors;
  /** What the head's run measured, of the same images seen in the same way. */
  readonly baselines?: Baselines;
}

type Head = Omit<HeadStage, "part">;

/** The run that trains the head, in the folder of the one that goes on from it. */
const HEAD_FOLDER = "head";

/** The settings that the head has from the preset `pretrained`, whatever those of the run are. */
const ofItsOwn = [
  ...(["optimizer", "learningRate", "weightDecay", "epochs", "steps", "leastSteps", "averageEpochs"] as const),
  ...(["warmupEpochs", "warmupShare", "batchSize", "clipNorm", "layerDecay", "headRate"] as const),
  ...(["evalEvery", "diagnoseEvery", "checkpointEvery", "encoder"] as const),
];

/** Whether a setting of a run that trains a model itself is one of its head, too. */
export const reachesHead = (key: string): boolean => key !== "trainable" && !ofItsOwn.some((name) => name === key);

/** The settings of the head that is trained before a model itself: its own optimization, all else as the run's. */
export function headConfig(config: RunConfig, trainImages: number): RunConfig {
  const { method, backbone } = config;
  const usual = resolveConfig({ flags: { method, backbone, preset: "pretrained" } });
  const own = Object.fromEntries(ofItsOwn.map((key) => [key, usual[key]]));
  // Where there are fewer images than its usual batch has, that of the run will do.
  const batchSize = trainImages < usual.batchSize ? config.batchSize : usual.batchSize;
  return { ...config, ...own, batchSize, preset: "pretrained", trainable: "head" };
}

interface StageOptions extends TrainOptions {
  readonly paths: RunPaths;
  readonly model: OpenModel;
  readonly record: RunRecord;
  /** Of a run that goes on. */
  readonly recorded: RunRecord | undefined;
  readonly emit: (event: TrainEvent) => void;
  /** Of this folder: it trains the head. */
  readonly train: Train;
}

/**
 * The head that a run which trains a model itself starts with: that of the run `init`, else one that is trained to its end in
 * a run of its own. Undefined where it was interrupted in that.
 * From a random head the first steps would spoil the model (Kumar et al. 2022, arXiv 2202.10054).
 */
export async function headStage(
  config: RunConfig,
  images: LoadedData,
  o: StageOptions,
): Promise<HeadStage | undefined> {
  // First: a model that cannot be trained is refused before anything of it is.
  const part = await importTail(tailOptions(o.model.trunk.file, config));
  const head = await trainedHead(config, images, o);
  return head && { part, ...head };
}

async function trainedHead(config: RunConfig, images: LoadedData, o: StageOptions): Promise<Head | undefined> {
  const { paths, recorded } = o;
  if (recorded && existsSync(paths.initial)) {
    return { start: await loadInitial({ paths, record: recorded }) };
  }
  if (config.init !== undefined) return headOf(config.init, o);
  const out = join(paths.folder, HEAD_FOLDER);
  const message = `first the head behind the model is trained, in a run of its own: ${out}`;
  o.emit({ event: "notice", step: 0, epoch: 0, message });
  const { signal, onEvent, source } = o;
  const { reason } = await o.train(headConfig(config, images.train.length), images, {
    ...{ out, resume: true },
    ...(signal && { signal }),
    ...(onEvent && { onEvent: (event) => onEvent(event.event === "start" ? { ...event, stage: "head" } : event) }),
    ...(source !== undefined && { source }),
  });
  return reason === "interrupted" ? undefined : headOf(out, o);
}

/** @throws MaskconError "usage" where the folder holds no run behind this model that trained the head alone */
async function headOf(
  folder: string,
  { model: { trunk }, record }: Pick<StageOptions, "model" | "record">,
): Promise<Head> {
  const run = await loadRun(folder);
  const { config, model } = run.record;
  if (!isModelFile(config.backbone) || config.trainable !== "head" || model !== trunk.digest) {
    const found = isModelFile(config.backbone) && config.trainable !== "head" ? config.trainable : config.backbone;
    const expected = `a run behind ${trunk.file} with --trainable head`;
    fail("usage", { where: folder, expected, found, fix: "leave --init out: the head is then trained first" });
  }
  const { states } = await lastState(run);
  const state = await states.at(-1)!.load();
  const start = Object.entries(state).filter(([name]) => name.startsWith("query_encoder."));
  const head = { start: Object.fromEntries(start) };
  if (!measuredAlike(run.record, record)) return head;
  const { frozen, whitened } = await readEvaluation(run.paths);
  return frozen ? { ...head, baselines: { frozen, whitened } } : head;
}

/** Whether figures of a model that is not trained are the same in two runs. */
function measuredAlike(one: RunRecord, other: RunRecord): boolean {
  const seen = ({ config, dataset: { images, normalization } }: RunRecord) =>
    JSON.stringify([images, normalization, config.imageSize, config.features, config.featureOutput]);
  return one.dataset.images !== undefined && seen(one) === seen(other);
}
