import { fail } from "../core/index.ts";
import { type Device, deviceOf, type KernelPlan } from "../engine/index.ts";
import { type MethodOptions, type MethodSetting, schedulable } from "../methods/index.ts";
import { type NetworkOptions, networkOf } from "../nn/index.ts";
import { checkOptimizer, type Optimizer } from "./optimizer.ts";
import { checkGroups, type ParameterGroups } from "./parameter-groups.ts";

/**
 * A training step's configuration. Shape letters: N batch, R crops of an image, K queue, D embedding, C coarse classes, S image
 * size.
 */
export interface StepOptions extends NetworkOptions, Optimizer {
  /** N: images of a batch. */
  readonly batchSize: number;
  /**
   * R: query views of each image, each compared with the image's one key. The loss is the mean over all of them, and the query
   * encoder's BatchNorm sees R N rows. Default: 1, the paper's.
   */
  readonly crops?: number;
  /** D: width of the embeddings that are compared. */
  readonly embeddingDim: number;
  /** C: coarse classes; labels are 0 to C - 1. */
  readonly coarseClasses: number;
  /** K: earlier keys that a query is compared with. */
  readonly queueSize: number;
  /** The loss. */
  readonly method: MethodOptions;
  /** T0: temperature of the logits. */
  readonly temperature: number;
  /** m: key = m key + (1 - m) query, before every step. */
  readonly keyMomentum: number;
  /** Where it computes. */
  readonly device: Device;
  /** Decides the initial weights. */
  readonly seed: number;
  /** Settings of the method that come with every batch (`StepBatch.settings`) instead of being fixed. */
  readonly scheduled?: readonly MethodSetting[];
  /** Leave a sample's own earlier keys out of its targets and logits; batches carry `indices`. The paper: false. */
  readonly maskOwnKeys?: boolean;
  /**
   * Make a sample's own earlier keys positives like its key, with the same weight in the target; batches carry `indices`. Not
   * with `maskOwnKeys`. The paper: false.
   */
  readonly positiveOwnKeys?: boolean;
  /** Keep an average of the query encoder (`StepBatch.averageRate`); its tensors are named `average_encoder.`. */
  readonly averaging?: boolean;
  /** Parameters of the query encoder that the optimizer treats otherwise than the rest. */
  readonly parameterGroups?: ParameterGroups | undefined;
  /** Threads inside an operator on the CPU; all cores by default. */
  readonly threads?: number;
  /** `portable` keeps to standard ONNX operators on the CPU too. */
  readonly lowering?: "auto" | "portable";
  /** Measure the kernel variants of every convolution on this machine instead of taking the likeliest ones (CPU). */
  readonly tune?: boolean;
  /** Kernel choices of an earlier compilation, to compute the same bits again; see `Step.plan`. */
  readonly plan?: KernelPlan;
  /** `gradients`: every step gives its gradients, before they are clipped; those of frozen parameters are 0. */
  readonly debug?: { readonly gradients?: boolean; readonly profile?: string };
}

/** What the queue's keys of the same image are; undefined where it is not known which these are. */
export function ownKeysOf({ maskOwnKeys, positiveOwnKeys }: StepOptions): "masked" | "positive" | undefined {
  return positiveOwnKeys ? "positive" : maskOwnKeys ? "masked" : undefined;
}

export const cropsOf = ({ crops = 1 }: StepOptions): number => crops;

export const isScheduled = ({ scheduled = [] }: StepOptions, setting: MethodSetting): boolean =>
  scheduled.includes(setting);

/** @throws MaskconError "config" where an option cannot work, naming the first. */
export function checkOptions(o: StepOptions): void {
  const whole = (name: string, value: number, least: number) =>
    check(Number.isInteger(value) && value >= least, name, `a whole number of at least ${least}`, value);
  networkOf(o);
  whole("batchSize", o.batchSize, 2);
  whole("crops", cropsOf(o), 1);
  whole("embeddingDim", o.embeddingDim, 1);
  whole("coarseClasses", o.coarseClasses, 1);
  whole("queueSize", o.queueSize, 1);
  // In float32, as the step computes: smaller ones would be 0 there, and their reciprocal no number.
  const temperature = Math.fround(1 / Math.fround(o.temperature));
  check(temperature > 0 && Number.isFinite(temperature), "temperature", "a number above 0", o.temperature);
  check(o.keyMomentum >= 0 && o.keyMomentum <= 1, "keyMomentum", "a number from 0 to 1", o.keyMomentum);
  check(!(o.maskOwnKeys && o.positiveOwnKeys), "maskOwnKeys, positiveOwnKeys", "one of the two at most", "both");
  checkOptimizer(o);
  checkGroups(o.parameterGroups ?? {});
  check(Number.isSafeInteger(o.seed) && o.seed >= 0, "seed", "a whole number of 0 or more", o.seed);
  deviceOf(o.device);
  if (o.threads !== undefined) whole("threads", o.threads, 1);
  const { lowering = "auto" } = o;
  check(lowering === "auto" || lowering === "portable", "lowering", "auto or portable", lowering);
  const possible = schedulable(o.method);
  for (const setting of o.scheduled ?? []) {
    const expected = possible.length > 0 ? `settings of ${o.method.name}: ${possible.join(", ")}` : "none";
    check(possible.includes(setting), "scheduled", expected, setting);
  }
}

function check(holds: boolean, name: string, expected: string, found: number | string): void {
  if (!holds) fail("config", { where: name, expected, found: String(found) });
}
