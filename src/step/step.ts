import type { Tensors } from "../core/index.ts";
import type { Executor, KernelPlan } from "../engine/index.ts";
import type { MethodSetting } from "../methods/index.ts";
import { indexFeed, labelFeed, rateFeed, scheduledFeeds } from "./feeds.ts";
import { unpack } from "./layout.ts";
import { freshState, mergedState, namedState, type StatePlace } from "./named-state.ts";
import type { StepOptions } from "./options.ts";
import type { StateLayout } from "./state-layout.ts";
import { adamwFeeds } from "./update.ts";

/**
 * One batch. Images are NCHW float32 [N, 3, S, S], normalised; behind a frozen model its features [N, F] stand in their place.
 * With the option `crops` the query has R N rows: the first crop of every image, then the second of every image, so that row
 * r N + n is of image n. The key view is read by contrastive methods only.
 */
export interface StepBatch {
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly coarseLabels: Int32Array;
  readonly learningRate: number;
  /** Values of the options `scheduled`. */
  readonly settings?: Readonly<Partial<Record<MethodSetting, number>>>;
  /** Which training images these are [N], with the options `maskOwnKeys` and `positiveOwnKeys`. */
  readonly indices?: Int32Array;
  /** With the option `averaging`, after the step: average += averageRate (query encoder - average); 0 by default. */
  readonly averageRate?: number;
}

/** What one training step gives. */
export interface StepResult {
  readonly loss: number;
  /** Norm of the gradient of all trained parameters together, before it is clipped; with `clipNorm`. */
  readonly gradientNorm?: number;
  /** By parameter name (`net.conv1.weight`), before they are clipped; with `debug.gradients`. */
  readonly gradients?: Tensors;
}

/** A compiled training step with its resident state: a pure function (state, batch) -> (state, loss). */
export interface Step {
  /**
   * Replaces the named tensors; what is absent keeps its value.
   * @throws MaskconError "weights" where the step has no tensor of a name.
   */
  load(tensors: Tensors): Promise<void>;
  /** Takes one step with a batch: gradient, update, key encoder and queue. */
  run(batch: StepBatch): Promise<StepResult>;
  /** Encodes key views into the queue without training: the queue starts filled with real keys. */
  fillQueue(batch: Pick<StepBatch, "key" | "coarseLabels" | "indices">): Promise<void>;
  /** The whole state by name: what `load` takes. */
  save(): Promise<Tensors>;
  /** Frees the state and the device's memory. */
  close(): Promise<void>;
  /** The kernel choices in force; passing them as `StepOptions.plan` computes the same bits again. */
  readonly plan: KernelPlan;
  /** Why operators of a program run on the CPU although the device is another; empty where none does. */
  fallbacks(): Promise<Readonly<Record<string, readonly string[]>>>;
}

/** Every state tensor starts fresh from the seed; the key encoder as a copy of the query encoder, the queue empty. */
export async function openStep(
  executor: Executor,
  options: StepOptions,
  layout: StateLayout,
  plan: KernelPlan,
): Promise<Step> {
  const contrastive = "queue" in layout.slots;
  let at: StatePlace = { pointer: 0, updates: 0 };
  let filling = false;

  const advance = () => {
    at = { ...at, pointer: (at.pointer + options.batchSize) % options.queueSize };
  };
  await executor.write(freshState(options, layout));

  return {
    plan,
    fallbacks: () => executor.fallbacks(),
    async run(batch) {
      if (filling) await executor.release("fill");
      filling = false;
      const feeds = { ...queryFeeds(options, batch, at), ...(contrastive ? keyFeeds(options, batch) : {}) };
      const { loss, gradients, gradient_norm } = await executor.run("step", feeds);
      at = { ...at, updates: at.updates + 1 };
      if (contrastive) advance();
      return {
        loss: loss![0]!,
        ...(gradient_norm && { gradientNorm: gradient_norm[0]! }),
        ...(gradients && { gradients: unpack(layout.query, "", gradients as Float32Array) }),
      };
    },
    async fillQueue(batch) {
      if (!contrastive) return;
      filling = true;
      await executor.run("fill", { labels: labelFeed(options, batch.coarseLabels), ...keyFeeds(options, batch) });
      advance();
    },
    async load(tensors) {
      const { slots, place } = await mergedState(executor, options, layout, { tensors, at });
      await executor.write(slots);
      at = place;
    },
    save: () => namedState(executor, options, layout, at),
    close: () => executor.close(),
  };
}

function queryFeeds(options: StepOptions, batch: StepBatch, { updates }: StatePlace) {
  const { query, coarseLabels, learningRate, settings, averageRate } = batch;
  return {
    query,
    labels: labelFeed(options, coarseLabels),
    learning_rate: rateFeed(learningRate),
    ...(options.adamw && adamwFeeds(options.adamw, learningRate, updates + 1)),
    ...scheduledFeeds(options, settings ?? {}),
    ...(options.averaging ? { average_rate: Float32Array.of(averageRate ?? 0) } : {}),
  };
}

const keyFeeds = (options: StepOptions, { key, indices }: Pick<StepBatch, "key" | "indices">) => ({
  key,
  ...indexFeed(options, indices),
});
