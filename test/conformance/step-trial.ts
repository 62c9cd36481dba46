import { hash, random, type Tensors } from "../../src/core/index.ts";
import type { Device } from "../../src/engine/index.ts";
import { compileStepOn, type Host } from "../../src/step/compile.ts";
import { compileEncoderOn } from "../../src/step/encoder.ts";
import type { StepOptions } from "../../src/step/options.ts";
import type { Step, StepBatch } from "../../src/step/step.ts";

/** A MaskCon step small enough for a software GPU, with everything in it that a large one has. */
export const stepOptions: Omit<StepOptions, "device"> = {
  backbone: "resnet20",
  imageSize: 8,
  batchSize: 4,
  embeddingDim: 16,
  coarseClasses: 3,
  queueSize: 10,
  method: { name: "maskcon", softWeight: 1, softTemperature: 0.05, coarseWeight: 0.5 },
  temperature: 0.1,
  keyMomentum: 0.99,
  sgd: { momentum: 0.9, weightDecay: 5e-4 },
  seed: 7,
  lowering: "portable",
};

export const openTrial = (host: Host, device: Device): Promise<Step> => compileStepOn(host, { ...stepOptions, device });

export function trialBatch(index: number): StepBatch {
  const { batchSize: n, imageSize: s, coarseClasses } = stepOptions;
  const rng = random(hash(11, index));
  const query = Float32Array.from({ length: n * 3 * s * s }, () => rng.normal());
  const key = query.map((x) => 0.8 * x + 0.2 * rng.normal());
  return {
    query,
    key,
    coarseLabels: Int32Array.from({ length: n }, () => rng.integer(coarseClasses)),
    learningRate: 0.05,
  };
}

export interface TrialResult {
  readonly losses: number[];
  /** Sum and length of a few state tensors after the last step, and of the features they give. */
  readonly state: Readonly<Record<string, readonly [sum: number, length: number]>>;
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
}

/** Trains a few steps, reads the state back, embeds with it. */
export async function runTrial(host: Host, device: Device, steps: number): Promise<TrialResult> {
  const step = await openTrial(host, device);
  try {
    const losses: number[] = [];
    for (let i = 0; i < steps; i++) losses.push((await step.run(trialBatch(i))).loss);
    const tensors = await step.save();
    const names = ["query_encoder.net.conv1.weight", "key_encoder.net.layer3.2.conv2.weight", "queue", "queue_labels"];
    const fallbacks = await step.fallbacks();
    await step.close();
    const features = await embedded(host, device, tensors);
    const state = [...names.map((name) => [name, tensors[name]!.data] as const), ["features", features] as const];
    return { losses, state: Object.fromEntries(state.map(([name, data]) => [name, statistics(data)])), fallbacks };
  } finally {
    await step.close();
  }
}

/** Features of a batch by the trained query encoder in evaluation mode. */
async function embedded(host: Host, device: Device, tensors: Tensors): Promise<Float32Array> {
  const { backbone, imageSize, batchSize } = stepOptions;
  const encoder = await compileEncoderOn(host, { backbone, imageSize, batchSize, device });
  try {
    await encoder.load(tensors);
    return await encoder.embed(trialBatch(0).query);
  } finally {
    await encoder.close();
  }
}

const statistics = (data: ArrayLike<number>): [number, number] => {
  const values = Array.from(data);
  return [values.reduce((a, b) => a + b, 0), Math.hypot(...values)];
};

/** What two devices disagree on, beyond what float32 sums in another order do. */
export function disagreements(found: TrialResult, expected: TrialResult): string[] {
  const problems: string[] = [];
  const check = (what: string, a: number | undefined, b: number, scale: number, tolerance: number) => {
    if (!(Math.abs(a! - b) <= tolerance * scale)) problems.push(`${what}: ${a} instead of ${b}`);
  };
  for (const [i, loss] of expected.losses.entries())
    check(`loss ${i}`, found.losses[i], loss, loss, i === 0 ? 1e-4 : 1e-3);
  for (const [name, [sum, length]] of Object.entries(expected.state)) {
    check(`sum of ${name}`, found.state[name]?.[0], sum, length, 1e-2);
    check(`length of ${name}`, found.state[name]?.[1], length, length, 1e-3);
  }
  return problems;
}
