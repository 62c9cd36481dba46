/**
 * Trains the same experiment here and in PyTorch: the same weights to start from, the same batches in the same order, one
 * step each in turns. Prints how the losses part and the Recall@1 of both; see docs/results.md.
 *
 *     npm run fidelity -- DATA --preset cifartoy-bad --partial --epochs 5
 */
import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { type RunConfig, resolveConfig } from "../src/config/index.ts";
import { float32, int32 } from "../src/core/index.ts";
import { createEvalLoader, createTrainLoader, type Dataset, openData, type TrainLoader } from "../src/data/index.ts";
import { type EvalReport, evaluateFeatures } from "../src/eval/index.ts";
import { embedWith, encoderWeights } from "../src/run/index.ts";
import { compileStep, type Step } from "../src/step/index.ts";
import { batchesBetween } from "../src/train/batches.ts";
import { learningRate, scheduleOf } from "../src/train/schedule.ts";
import { stepOptions } from "../src/train/step-options.ts";
import { findPython, type Python } from "./python.ts";
import { ReferenceTrainer } from "./reference-trainer.ts";
import { table } from "./table.ts";

interface Outcome {
  readonly method: string;
  readonly seed: number;
  readonly ours: EvalReport;
  readonly reference: EvalReport;
  /** Loss of every step, ours and the reference's. */
  readonly losses: readonly (readonly [number, number])[];
}

const program = new Command("npm run fidelity --")
  .argument("<data>", "an image folder, a CSV or the folder of a named dataset")
  .option("--preset <name>", "settings of a known dataset", "cpu-small")
  .option("--partial", "accept a named dataset with some of its files missing")
  .option("--methods <names>", "separated by commas", "maskcon,supcon")
  .option("--seeds <numbers>", "separated by commas", "0,1,2")
  .option("--epochs <n>", "", "5")
  .option("--soft-temperature <T>", "", "0.05")
  .option("--coarse-weight <x>", "", "0")
  .option("--learning-rate <x>", "", "0.1")
  .option("--warmup-epochs <n>", "5% of the epochs where left out")
  .option("--queue-size <n>", "", "4096")
  .option("--threads <n>", "of either side", "2")
  .option("--blas <folder>", "folder of another libblas.so.3 for PyTorch")
  .option("--json <file>", "also write every loss and recall");
program.parse();

await main(program.args[0]!, program.opts());

async function main(source: string, flags: Readonly<Record<string, string>>): Promise<void> {
  const python = findPython(flags.blas);
  if (!python) throw new Error("needs a Python with torch and torchvision (Debian: python3-torch python3-torchvision)");
  const data = await openData(source, { preset: flags.preset, partial: flags.partial !== undefined });
  const outcomes: Outcome[] = [];
  for (const method of flags.methods!.split(",")) {
    for (const seed of flags.seeds!.split(",").map(Number)) {
      const config = configOf(flags, method, seed);
      outcomes.push(await compareTraining(config, data.train, data.test!, python));
      console.log(`${report(outcomes)}\n`);
    }
  }
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(outcomes)}\n`);
  for (const method of new Set(outcomes.map((outcome) => outcome.method))) judge(method, outcomes);
}

/** The two shall agree within a point of mean fine Recall@1 (coarse without fine labels). */
function judge(method: string, outcomes: readonly Outcome[]): void {
  const own = outcomes.filter((outcome) => outcome.method === method);
  const at1 = ({ fine, coarse }: EvalReport) => 100 * (fine ?? coarse)["1"]!;
  const apart = own.reduce((sum, { ours, reference }) => sum + at1(ours) - at1(reference), 0) / own.length;
  const agrees = Math.abs(apart) <= 1;
  console.log(
    `${method}: ${apart.toFixed(2)} points apart over ${own.length} seeds: ${agrees ? "they agree" : "TOO FAR"}`,
  );
  if (!agrees) process.exitCode = 1;
}

function configOf(flags: Readonly<Record<string, string>>, method: string, seed: number): RunConfig {
  const schedule = ["epochs", "learningRate", "warmupEpochs"] as const;
  const numbers = [...schedule, "softTemperature", "coarseWeight", "queueSize", "threads"] as const;
  return resolveConfig({
    flags: {
      ...{ preset: flags.preset, backbone: "resnet20", embeddingDim: 128, method, seed },
      ...Object.fromEntries(numbers.filter((name) => name in flags).map((name) => [name, Number(flags[name])])),
    },
  });
}

async function compareTraining(config: RunConfig, train: Dataset, test: Dataset, python: Python): Promise<Outcome> {
  const { batchSize, imageSize, weak, strong, seed, workers } = config;
  const step = await compileStep(stepOptions(config, train.coarseClasses.length));
  const loader = await createTrainLoader({ dataset: train, batchSize, imageSize, weak, strong, seed, workers });
  const reference = new ReferenceTrainer(python);
  try {
    const { softWeight, softTemperature, temperature, coarseWeight, backbone, embeddingDim, queueSize } = config;
    await reference.tell({
      ...{ do: "open", softWeight, softTemperature, temperature, coarseWeight, backbone, imageSize, embeddingDim },
      ...{ queueSize, method: config.method, coarseClasses: train.coarseClasses.length, threads: config.threads },
      ...{ keyMomentum: config.keyMomentum, learningRate: config.learningRate },
      ...{ sgdMomentum: config.sgdMomentum, weightDecay: config.weightDecay },
    });
    const state = await step.save();
    const encoders = Object.entries(state).filter(([name]) => /^(query|key)_encoder\./.test(name));
    await reference.tell({ do: "load" }, Object.fromEntries(encoders));
    await fillBoth(step, reference, loader, config);
    const losses = await trainBoth(step, reference, loader, config);
    const weights = encoderWeights(await step.save());
    const { features, dim } = await embedWith(config, weights, test);
    const ours = await evaluateFeatures(features, dim, test);
    const theirs = await evaluateFeatures(await referenceFeatures(reference, test, config), dim, test);
    return { method: config.method, seed, ours, reference: theirs, losses };
  } finally {
    reference.close();
    await loader.close();
    await step.close();
  }
}

async function fillBoth(step: Step, reference: ReferenceTrainer, loader: TrainLoader, config: RunConfig) {
  const { queueSize, batchSize, epochs } = config;
  const first = epochs * loader.batchesPerEpoch;
  const shape = [batchSize, 3, config.imageSize, config.imageSize];
  for await (const batch of batchesBetween(loader, first, first + Math.ceil(queueSize / batchSize))) {
    const { key, coarseLabels } = batch;
    await step.fillQueue({ key, coarseLabels });
    await reference.tell({ do: "fill" }, { key: float32(shape, key), labels: int32([batchSize], coarseLabels) });
    batch.release();
  }
}

async function trainBoth(step: Step, reference: ReferenceTrainer, loader: TrainLoader, config: RunConfig) {
  const schedule = scheduleOf(config, loader.batchesPerEpoch);
  const shape = [config.batchSize, 3, config.imageSize, config.imageSize];
  const losses: [number, number][] = [];
  for await (const batch of batchesBetween(loader, 0, schedule.totalSteps)) {
    const { query, key, coarseLabels } = batch;
    const rate = learningRate(schedule, losses.length);
    const { loss } = await step.run({ query, key, coarseLabels, learningRate: rate });
    const views = { query: float32(shape, query), key: float32(shape, key) };
    const message = { do: "step", learningRate: rate };
    const theirs = await reference.tell(message, { ...views, labels: int32([config.batchSize], coarseLabels) });
    losses.push([loss, theirs.loss as number]);
    batch.release();
  }
  return losses;
}

async function referenceFeatures(reference: ReferenceTrainer, test: Dataset, config: RunConfig): Promise<Float32Array> {
  const { batchSize, imageSize, workers } = config;
  const loader = await createEvalLoader({ dataset: test, batchSize, imageSize, workers });
  const rows: Float32Array[] = [];
  for await (const { images, count, release } of loader.batches()) {
    const shape = [count, 3, imageSize, imageSize];
    const { features } = await reference.tell(
      { do: "embed" },
      { images: float32(shape, images.slice(0, (images.length / batchSize) * count)) },
    );
    const bytes = Uint8Array.from(Buffer.from(features as string, "base64"));
    rows.push(new Float32Array(bytes.buffer));
    release();
  }
  await loader.close();
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

function report(outcomes: readonly Outcome[]): string {
  const percent = (value: number | undefined) => (value === undefined ? "" : (100 * value).toFixed(1));
  const at1 = (of: EvalReport) => [percent(of.fine?.["1"]), percent(of.within?.["1"]), percent(of.coarse["1"])];
  const parting = (losses: Outcome["losses"]) =>
    losses.findIndex(([ours, theirs]) => Math.abs(ours - theirs) > 0.01 * Math.abs(theirs)) + 1;
  const rows = outcomes.map(({ method, seed, ours, reference, losses }) => [
    ...[method, `${seed}`, ...at1(ours), ...at1(reference)],
    `${parting(losses) || "never"} of ${losses.length}`,
  ]);
  const methods = [...new Set(outcomes.map(({ method }) => method))];
  const means = methods.map((method) => {
    const own = outcomes.filter((outcome) => outcome.method === method);
    const mean = (side: "ours" | "reference") =>
      (["fine", "within", "coarse"] as const).map((kind) =>
        percent(own.reduce((sum, outcome) => sum + (outcome[side][kind]?.["1"] ?? 0), 0) / own.length),
      );
    return [method, "mean", ...mean("ours"), ...mean("reference"), ""];
  });
  const heading = [
    "method",
    "seed",
    "fine",
    "within",
    "coarse",
    "PyTorch fine",
    "within",
    "coarse",
    "losses 1% apart at step",
  ];
  return table([heading, ...rows, ...means]);
}
