import { readFileSync } from "node:fs";
import { type Shape, sizeOf, type Tensors } from "../../src/core/index.ts";
import { compileEncoder, compileStep, type Step, type StepOptions } from "../../src/step/index.ts";
import { hashedIntegers, hashedUniform } from "./hashed.ts";

export interface Statistics {
  readonly sum: number;
  readonly l2: number;
  readonly first: readonly number[];
  readonly last: number;
}

export interface Trajectory {
  readonly config: {
    readonly arch: StepOptions["backbone"];
    readonly mode: "maskcon" | "selfcon" | "supcon" | "grafit" | "coins" | "supce";
    readonly size: number;
    readonly batch: number;
    readonly queue: number;
    readonly dim: number;
    readonly coarse_classes: number;
    readonly w: number;
    readonly T0: number;
    readonly T: number;
    readonly m: number;
    readonly lr: number;
    readonly weight_decay: number;
    readonly sgd_momentum: number;
    readonly coarse_weight?: number;
    /** Entries of the initial queue from here on are empty: zero rows with label -1. */
    readonly queue_filled?: number;
    /** Labels of the initial queue are below this; some classes are absent where it is less than `coarse_classes`. */
    readonly queue_classes?: number;
    readonly name?: string;
    readonly seed: number;
  };
  readonly steps: readonly { step: number; loss: number; grads?: Record<string, Statistics> }[];
  readonly query_params: Record<string, Statistics>;
  readonly key_params?: Record<string, Statistics>;
  readonly bn_running: Record<string, Statistics>;
  readonly queue?: Statistics;
  readonly queue_labels?: readonly number[];
  readonly queue_ptr?: number;
  readonly eval_features: readonly (readonly number[])[];
  /** The same program's relative errors in float32, where the record is in float64. */
  readonly float32_error?: Readonly<
    Record<"losses" | "first_gradients" | "last_gradients" | "state" | "features", number>
  >;
}

export function readTrajectories(file: string): Trajectory[] {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), "utf8")).trajectories;
}

export const describeTrajectory = ({ config: c }: Trajectory): string =>
  c.name ?? `${c.mode} w ${c.w} T ${c.T} ${c.arch} ${c.size}px batch ${c.batch} queue ${c.queue}`;

/** Compiles the step of a golden case with its recorded initial state. */
export async function openTrajectory(trajectory: Trajectory, lowering: "auto" | "portable"): Promise<Step> {
  const { config: c } = trajectory;
  const step = await compileStep({
    backbone: c.arch,
    imageSize: c.size,
    batchSize: c.batch,
    embeddingDim: c.dim,
    coarseClasses: c.coarse_classes,
    queueSize: c.queue,
    method: {
      name: c.mode,
      ...(c.mode === "selfcon" || c.mode === "supcon" || c.mode === "supce" ? {} : { softWeight: c.w }),
      ...(c.mode === "maskcon" ? { softTemperature: c.T } : {}),
      coarseWeight: c.coarse_weight ?? 0,
    },
    temperature: c.T0,
    keyMomentum: c.m,
    sgd: { momentum: c.sgd_momentum, weightDecay: c.weight_decay },
    device: "cpu",
    seed: 0,
    lowering,
    debug: { gradients: true },
  });
  const state = await step.save();
  const initial: Tensors = {};
  for (const [name, tensor] of Object.entries(state)) {
    const query = /^query_encoder\.(.*)$/.exec(name)?.[1];
    if (query === undefined) continue;
    const data = initialTensor(recordedName(trajectory, query), tensor.shape, c.seed);
    // Both encoders start alike.
    for (const encoder of ["query_encoder", "key_encoder"]) {
      if (`${encoder}.${query}` in state) initial[`${encoder}.${query}`] = { ...tensor, data };
    }
  }
  if ("queue" in state) {
    const filled = c.queue_filled ?? c.queue;
    const rows = normalizedRows(c.queue, c.dim, c.seed).fill(0, filled * c.dim);
    const labels = hashedIntegers("queue_labels", c.queue, c.queue_classes ?? c.coarse_classes, c.seed).fill(
      -1,
      filled,
    );
    initial.queue = { dtype: "float32", shape: [c.queue, c.dim], data: rows };
    initial.queue_labels = { dtype: "int32", shape: [c.queue], data: labels };
  }
  await step.load(initial);
  return step;
}

/** The official code misspells its classifier, and the hash is over the name. */
export function recordedName({ query_params }: Trajectory, name: string): string {
  return "classifer.weight" in query_params ? name.replace("classifier", "classifer") : name;
}

function initialTensor(name: string, shape: Shape, seed: number): Float32Array {
  if (name.endsWith("running_mean")) return new Float32Array(sizeOf(shape));
  if (name.endsWith("running_var")) return new Float32Array(sizeOf(shape)).fill(1);
  if (shape.length === 4) return hashedUniform(name, shape, Math.sqrt(6 / sizeOf(shape.slice(1))), seed);
  if (shape.length === 2) return hashedUniform(name, shape, Math.sqrt(1 / shape[1]!), seed);
  if (/(bn\d|downsample\.1)\.weight$/.test(name)) return hashedUniform(name, shape, 0.1, seed).map((x) => 1 + x);
  return hashedUniform(name, shape, /(bn\d|downsample\.1)\.bias$/.test(name) ? 0.1 : 0.05, seed);
}

function normalizedRows(rows: number, width: number, seed: number): Float32Array {
  const data = hashedUniform("queue", [rows, width], 1, seed);
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * width, (r + 1) * width);
    const length = Math.hypot(...row);
    for (let i = 0; i < width; i++) row[i]! /= length;
  }
  return data;
}

export function batchOf({ config: c }: Trajectory, s: number) {
  const shape = [c.batch, 3, c.size, c.size];
  const query = hashedUniform(`query_view.${s}`, shape, 2, c.seed);
  const noise = hashedUniform(`key_view.${s}`, shape, 0.4, c.seed);
  return {
    query,
    key: query.map((x, i) => Math.fround(Math.fround(0.8) * x) + noise[i]!),
    coarseLabels: hashedIntegers(`labels.${s}`, c.batch, c.coarse_classes, c.seed),
    learningRate: c.lr,
  };
}

/** First six values and the norm of every row of evaluation features, as recorded. */
export async function evalFeatures({ config: c }: Trajectory, tensors: Tensors): Promise<number[][]> {
  const encoder = await compileEncoder({ backbone: c.arch, imageSize: c.size, batchSize: 4, device: "cpu" });
  try {
    await encoder.load(tensors);
    const features = await encoder.embed(hashedUniform("eval", [4, 3, c.size, c.size], 2, c.seed));
    return [0, 1, 2, 3].map((r) => {
      const row = features.subarray(r * encoder.featureDim, (r + 1) * encoder.featureDim);
      return [...row.subarray(0, 6), Math.hypot(...row)];
    });
  } finally {
    await encoder.close();
  }
}

export function statisticsOf(data: Float32Array): Statistics {
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  return { sum, l2: Math.sqrt(squares), first: [...data.subarray(0, 3)], last: data.at(-1)! };
}
