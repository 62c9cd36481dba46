import type { RunConfig } from "../config/index.ts";
import { fail, firstFew } from "../core/index.ts";
import type { Dataset, LoadedData } from "../data/index.ts";
import { aloneLines, fewImagesLine } from "../eval/index.ts";
import { methodOf } from "../methods/index.ts";
import { scheduleOf } from "./schedule.ts";

/** The images as the method sees them: one that is trained on fine labels takes them in place of the coarse ones. */
export function trainingSet(config: RunConfig, { train }: LoadedData): Dataset {
  if (methodOf(config.method).labels === "coarse") return train;
  if (!train.fine || !train.fineClasses) {
    return fail("config", {
      where: `--method ${config.method}`,
      expected: "images with fine labels",
      found: `${train.name}, which has coarse labels alone`,
      fix: "choose another method",
    });
  }
  return { ...train, coarse: train.fine, coarseClasses: train.fineClasses };
}

/** What should be known of the images, a line each. */
export function dataWarnings({ skipped, train, test, warnings: labels = [] }: LoadedData): string[] {
  const warnings = [...labels, ...skipped.map(({ file, reason }) => `${file}: left out, ${reason}`)];
  if (!test) warnings.push("without test images: evaluated on the training images");
  const measured = test ?? train;
  const fix = "it takes more of them (--test-fraction, where the data name no test images)";
  if (measured.fine && new Set(measured.fine).size === measured.length) {
    warnings.push(`no two test images share a fine class, so only the coarse classes can be measured: ${fix}`);
  }
  const trained = new Set(train.coarse);
  const untrained = new Set(measured.coarse.filter((label) => !trained.has(label)));
  if (untrained.size > 0) {
    const names = [...untrained].map((label) => JSON.stringify(train.coarseClasses[label]));
    warnings.push(`test images alone have the coarse class ${firstFew(names)}: nothing is learnt of it`);
  }
  for (const line of aloneLines(measured)) warnings.push(`testing: ${line}; ${fix}`);
  return warnings;
}

/** What should be known of figures of so few test images, a line at most. */
export function fewTestWarnings({ train, test }: LoadedData): string[] {
  const line = fewImagesLine((test ?? train).length);
  return line === undefined ? [] : [`testing: ${line}`];
}

/** Fewer steps than this teach little; a run of all epochs that has so few says so. */
const FEW_STEPS = 100;
/** A small start that shows something. */
const SOME_STEPS = 500;

/** What should be known of the length of a run that was given in epochs, a line each. */
export function lengthWarnings(config: RunConfig, dataset: Dataset): string[] {
  const perEpoch = Math.floor(dataset.length / config.batchSize);
  const { totalSteps } = scheduleOf(config, perEpoch);
  if (config.steps !== undefined || totalSteps >= FEW_STEPS) return [];
  const found = `${config.epochs} epochs of ${dataset.length} images are only ${totalSteps} steps of ${config.batchSize}`;
  return [`${found}: give more, such as --epochs ${Math.ceil(SOME_STEPS / perEpoch)}, or a smaller --batch-size`];
}

/** Refuses what cannot be trained on. */
export function checkTrainable(config: RunConfig, dataset: Dataset): void {
  if (dataset.coarseClasses.length < 2) {
    fail("data", {
      where: dataset.name,
      expected: "at least two classes to tell apart",
      found: dataset.coarseClasses.length === 0 ? "none" : `only "${dataset.coarseClasses[0]}"`,
      fix: "give images of more classes",
    });
  }
  if (config.diagnoseEvery > 0 && !dataset.fine) {
    fail("config", {
      where: "--diagnose-every",
      expected: "images with fine labels, to measure the targets against",
      found: `${dataset.name}, which has coarse labels alone`,
      fix: "leave it out, or label a few hundred images and use `maskcon diagnose RUN --labels FILE.csv`",
    });
  }
  const { warmupSteps, totalSteps } = scheduleOf(config, Math.floor(dataset.length / config.batchSize));
  if (config.batchSize <= dataset.length && warmupSteps > totalSteps) {
    fail("config", {
      where: "--warmup-epochs",
      expected: `a warm-up within the ${totalSteps} steps of the run`,
      found: `${config.warmupEpochs} epochs, which are ${Math.ceil(warmupSteps)} steps`,
      fix: "lower it, or leave it out for 5% of the run",
    });
  }
  if (config.batchSize > dataset.length) {
    fail("config", {
      where: "--batch-size",
      expected: `at most the ${dataset.length} training images`,
      found: String(config.batchSize),
      fix: "lower it, or add images",
    });
  }
}
