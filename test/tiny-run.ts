import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunOptions, resolveConfig } from "../src/config/index.ts";
import { random } from "../src/core/index.ts";
import type { Dataset, LoadedData } from "../src/data/index.ts";
import { runPaths, type TrainEvent } from "../src/run/index.ts";

const side = 16;

/** Noise around four patterns (fine) in two colours (coarse). */
export function tinySet(name: string, length: number, classes = 2): Dataset {
  const pixels = new SharedArrayBuffer(length * side * side * 3);
  const bytes = new Uint8Array(pixels);
  const fine = Int32Array.from({ length }, (_, i) => i % (2 * classes));
  const coarse = fine.map((label) => label >> 1);
  for (let i = 0; i < length; i++) {
    const rng = random(name.length, i);
    for (let p = 0; p < side * side * 3; p++) {
      const pattern = (Math.floor(p / 3) >> (fine[i]! & 1 ? 0 : 4)) & 1;
      bytes[i * side * side * 3 + p] = 60 * pattern + (p % 3 === coarse[i]! ? 120 : 0) + rng.integer(60);
    }
  }
  return {
    name,
    length,
    coarseClasses: Array.from({ length: classes }, (_, i) => `coarse ${i}`),
    fineClasses: Array.from({ length: 2 * classes }, (_, i) => `fine ${i}`),
    coarse,
    fine,
    ids: (index) => `${name}-${index}`,
    source: { kind: "memory", width: side, height: side, pixels },
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  };
}

export const data: LoadedData = {
  name: "tiny",
  train: tinySet("tiny train", 44),
  test: tinySet("tiny test", 20),
  skipped: [],
};
export const tiny: RunOptions = {
  backbone: "resnet20",
  imageSize: side,
  batchSize: 8,
  queueSize: 20,
  embeddingDim: 8,
  learningRate: 0.05,
  epochs: 3,
  evalEvery: 2,
  workers: 1,
  strong: "crop-flip",
};
export const configOf = (options: RunOptions = {}) => resolveConfig({ flags: { ...tiny, ...options } });

/** A folder for runs. */
export function runsFolder(): { root: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "maskcon-train-"));
  return { root, remove: () => rmSync(root, { recursive: true }) };
}

/** The lines of a run's `metrics.jsonl`. */
export const metricsOf = (folder: string) =>
  readFileSync(runPaths(folder).metrics, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent);
/** Step, epoch, loss and learning rate of each step. */
export const stepsOf = (folder: string) =>
  metricsOf(folder).flatMap((e) => (e.event === "step" ? [[e.step, e.epoch, e.loss, e.learningRate]] : []));
/** The bytes of the last checkpoint. */
export const lastOf = (folder: string) => readFileSync(join(runPaths(folder).checkpoints, "last.safetensors"));
