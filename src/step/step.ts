import { fail, type Tensors } from "../core/index.ts";
import type { Executor, KernelPlan } from "../engine/index.ts";
import { initialize, type TensorSpec } from "../nn/index.ts";
import { checkedTensor, type FlatLayout, pack, unpack } from "./layout.ts";
import type { StepOptions } from "./options.ts";
import type { StateLayout } from "./step-graph.ts";

/** One batch. Images are NCHW float32 [N, 3, S, S], normalised; the key view is read by contrastive methods only. */
export interface StepBatch {
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly coarseLabels: Int32Array;
  readonly learningRate: number;
}

export interface StepResult {
  readonly loss: number;
  /** By parameter name (`net.conv1.weight`), with `debug.gradients`. */
  readonly gradients?: Tensors;
}

/** A compiled training step with its resident state: a pure function (state, batch) -> (state, loss). */
export interface Step {
  /** Replaces the named tensors; what is absent keeps its value. Throws `weights` for names the step does not have. */
  load(tensors: Tensors): Promise<void>;
  run(batch: StepBatch): Promise<StepResult>;
  /** Encodes key views into the queue without training: the queue starts filled with real keys. */
  fillQueue(batch: { readonly key: Float32Array; readonly coarseLabels: Int32Array }): Promise<void>;
  /** The whole state by name: what `load` takes. */
  save(): Promise<Tensors>;
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
  let pointer = 0;
  let filling = false;

  const advance = () => {
    pointer = (pointer + options.batchSize) % options.queueSize;
  };
  const labelsOf = (labels: Int32Array): Float32Array => {
    const bad = labels.findIndex((label) => label < 0 || label >= options.coarseClasses);
    if (bad >= 0) {
      const expected = `labels from 0 to ${options.coarseClasses - 1}`;
      fail("shape", { where: `coarseLabels[${bad}]`, expected, found: String(labels[bad]) });
    }
    return Float32Array.from(labels);
  };
  await executor.write(freshState(options, layout));

  return {
    plan,
    fallbacks: () => executor.fallbacks(),
    async run({ query, key, coarseLabels, learningRate }) {
      if (filling) await executor.release("fill");
      filling = false;
      const feeds = { query, labels: labelsOf(coarseLabels), learning_rate: Float32Array.of(learningRate) };
      const { loss, gradients } = await executor.run("step", contrastive ? { ...feeds, key } : feeds);
      if (contrastive) advance();
      if (!gradients) return { loss: loss![0]! };
      return { loss: loss![0]!, gradients: unpack(layout.query, "", gradients as Float32Array) };
    },
    async fillQueue({ key, coarseLabels }) {
      if (!contrastive) return;
      filling = true;
      await executor.run("fill", { key, labels: labelsOf(coarseLabels) });
      advance();
    },
    async load(tensors) {
      const { slots, newPointer } = await mergedState(executor, options, layout, { tensors, pointer });
      await executor.write(slots);
      pointer = newPointer;
    },
    save: () => namedState(executor, options, layout, pointer),
    close: () => executor.close(),
  };
}

function freshState({ seed, queueSize }: StepOptions, { query, key, buffers, slots }: StateLayout) {
  const filled = (layout: FlatLayout): Float32Array => {
    const flat = new Float32Array(layout.size);
    for (const spec of layout.slices as readonly (TensorSpec & { start: number })[]) {
      flat.set(initialize(spec, seed), spec.start);
    }
    return flat;
  };
  const parameters = filled(query);
  const base = { query: parameters, query_buffers: filled(buffers) };
  if (!("queue" in slots)) return base;
  return {
    ...base,
    key: parameters.slice(0, key.size),
    key_buffers: filled(buffers),
    queue_labels: new Float32Array(queueSize).fill(-1),
  };
}

/** The named vectors of the state, and the prefix of their tensors' names. */
function vectors({ query, key, buffers, slots }: StateLayout): [slot: string, layout: FlatLayout, prefix: string][] {
  const all: [string, FlatLayout, string][] = [
    ["query", query, "query_encoder."],
    ["query_buffers", buffers, "query_encoder."],
    ["momentum", query, "sgd_momentum."],
    ["key", key, "key_encoder."],
    ["key_buffers", buffers, "key_encoder."],
  ];
  return all.filter(([slot]) => slot in slots);
}

async function namedState(
  executor: Executor,
  options: StepOptions,
  layout: StateLayout,
  pointer: number,
): Promise<Tensors> {
  const state = await executor.read(Object.keys(layout.slots));
  const tensors: Tensors = {};
  for (const [slot, flat, prefix] of vectors(layout)) {
    Object.assign(tensors, unpack(flat, prefix, state[slot] as Float32Array));
  }
  if (!("queue" in layout.slots)) return tensors;
  const { queueSize: k, embeddingDim: d } = options;
  const queue = rotated(state.queue as Float32Array, d, pointer);
  const labels = Int32Array.from(rotated(state.queue_labels as Float32Array, 1, pointer));
  return {
    ...tensors,
    queue: { dtype: "float32", shape: [k, d], data: queue },
    queue_labels: { dtype: "int32", shape: [k], data: labels },
    queue_pointer: { dtype: "int32", shape: [1], data: Int32Array.of(pointer) },
  };
}

/**
 * The queue is a ring to its owner (row `pointer` is the oldest) and oldest-first inside; turning the rows by the pointer
 * goes one way, by minus the pointer the other.
 */
function rotated(rows: Float32Array, width: number, by: number): Float32Array {
  const count = rows.length / width;
  const shift = (((by % count) + count) % count) * width;
  const turned = new Float32Array(rows.length);
  turned.set(rows.subarray(rows.length - shift), 0);
  turned.set(rows.subarray(0, rows.length - shift), shift);
  return turned;
}

interface Loading {
  readonly tensors: Tensors;
  readonly pointer: number;
}

async function mergedState(
  executor: Executor,
  options: StepOptions,
  layout: StateLayout,
  { tensors, pointer }: Loading,
) {
  const state = await executor.read(Object.keys(layout.slots));
  const used = new Set<string>();
  for (const [slot, flat, prefix] of vectors(layout)) {
    for (const name of pack(flat, prefix, tensors, state[slot] as Float32Array)) used.add(name);
  }
  let newPointer = pointer;
  if ("queue" in layout.slots) {
    const { queueSize: k, embeddingDim: d } = options;
    const taken = (name: string, shape: readonly number[]) => {
      const tensor = tensors[name];
      if (tensor) used.add(name);
      return tensor && checkedTensor(name, tensor, shape);
    };
    newPointer = taken("queue_pointer", [1])?.[0] ?? pointer;
    if (!(newPointer >= 0 && newPointer < k)) {
      fail("weights", { where: "queue_pointer", expected: `a row from 0 to ${k - 1}`, found: String(newPointer) });
    }
    const ring = taken("queue", [k, d]) ?? rotated(state.queue as Float32Array, d, pointer);
    const labels = taken("queue_labels", [k]) ?? rotated(state.queue_labels as Float32Array, 1, pointer);
    state.queue = rotated(Float32Array.from(ring), d, -newPointer);
    state.queue_labels = rotated(Float32Array.from(labels), 1, -newPointer);
  }
  refuseUnknown(Object.keys(tensors).filter((name) => !used.has(name) && !isKnownElsewhere(name, layout)));
  return { slots: state, newPointer };
}

/** A step without a key encoder or classifier takes the state of one that has them, and leaves those parts alone. */
function isKnownElsewhere(name: string, { slots }: StateLayout): boolean {
  if (/\.classifier\.(weight|bias)$|\.num_batches_tracked$/.test(name)) return true;
  return (
    !("queue" in slots) && (/^(key_encoder\.|queue(_labels|_pointer)?$)/.test(name) || /\.projector\.[02]\./.test(name))
  );
}

function refuseUnknown(names: readonly string[]): void {
  if (names.length === 0) return;
  const shown = names
    .slice(0, 5)
    .map((name) => `"${name}"`)
    .join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  const fix = "compile the step with the options the tensors were saved under";
  fail("weights", { where: "load", expected: "names of this step's state", found: `${shown}${more}`, fix });
}
