import type { Shape, Tensors } from "../../src/core/index.ts";
import type { StepOptions } from "../../src/step/index.ts";
import { hashedIntegers, hashedUniform } from "./hashed.ts";

/** What a golden case behind a foreign model is trained with. */
export interface HeadConfig {
  readonly name: string;
  readonly batch: number;
  readonly queue: number;
  readonly dim: number;
  readonly coarse_classes: number;
  readonly seed: number;
  /** 0: not whitened. */
  readonly whitened: number;
  readonly T: number;
  readonly T0: number;
  readonly m: number;
  readonly lr: number;
  readonly weight_decay: number;
  readonly coarse_weight: number;
  /** Absent: AdamW. */
  readonly optimizer?: "adamw" | "sgd";
  readonly clip_norm?: number;
}

export function optimizerOf({ optimizer, weight_decay, clip_norm }: HeadConfig): Pick<StepOptions, "sgd" | "adamw"> {
  const common = { weightDecay: weight_decay, ...(clip_norm !== undefined && { clipNorm: clip_norm }) };
  return optimizer === "sgd" ? { sgd: { ...common, momentum: 0.9 } } : { adamw: common };
}

/** The reference's name of a tensor in a step's state. */
export const inReference = (name: string): string => name.replace(/^(query|key)_encoder\.(net\.)?/, "");

/** The state that a golden case behind a foreign model starts from. `trunk`: the model's own numbers, by name. */
export function headStart(
  state: Tensors,
  c: HeadConfig,
  trunk: ReadonlyMap<string, Float32Array> = new Map(),
): Tensors {
  const initial: Tensors = {};
  for (const [name, tensor] of Object.entries(state)) {
    if (!/^(query|key)_encoder\./.test(name)) continue;
    const own = inReference(name);
    const data = trunk.get(own.replace(/^trunk\./, "")) ?? headValues(own, tensor.shape, c.seed);
    initial[name] = { ...tensor, data };
  }
  if ("queue" in state) {
    const rows = hashedUniform("queue", [c.queue, c.dim], 1, c.seed);
    for (let at = 0; at < rows.length; at += c.dim) {
      const length = Math.hypot(...rows.subarray(at, at + c.dim));
      for (let i = at; i < at + c.dim; i++) rows[i]! /= length;
    }
    initial.queue = { dtype: "float32", shape: [c.queue, c.dim], data: rows };
    const labels = hashedIntegers("queue_labels", c.queue, c.coarse_classes, c.seed);
    initial.queue_labels = { dtype: "int32", shape: [c.queue], data: labels };
  }
  return initial;
}

function headValues(name: string, shape: Shape, seed: number): Float32Array {
  if (name === "whitening.mean") return hashedUniform(name, shape, 0.5, seed);
  if (name === "whitening.weight") return hashedUniform(name, shape, 0.4, seed);
  return hashedUniform(name, shape, shape.length === 1 ? 0.05 : Math.sqrt(1 / shape[1]!), seed);
}

/** Views of one image's `shape`. */
export function headBatch(c: HeadConfig, shape: Shape, s: number) {
  const query = hashedUniform(`query_view.${s}`, [c.batch, ...shape], 2, c.seed);
  const noise = hashedUniform(`key_view.${s}`, [c.batch, ...shape], 0.4, c.seed);
  const key = query.map((x, i) => 0.8 * x + noise[i]!);
  const coarseLabels = hashedIntegers(`labels.${s}`, c.batch, c.coarse_classes, c.seed);
  return { query, key, coarseLabels, learningRate: c.lr };
}
