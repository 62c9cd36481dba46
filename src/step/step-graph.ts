import { Graph, gradients, ops, type StateSlot, stateInput, stateOutput, type Value } from "../engine/index.ts";
import {
  coarseCrossEntropy,
  contrastiveLoss,
  type Objective,
  type Scalar,
  type ScheduledSetting,
} from "../methods/index.ts";
import { backbone, classifier, declare, projector, unitRows, type WeightStore } from "../nn/index.ts";
import { type FlatLayout, flatLayout } from "./layout.ts";
import type { StepOptions } from "./options.ts";
import { TrainingStore } from "./training-store.ts";

/** What the state of a step consists of. Encoder tensors carry torchvision's names behind `net.`, heads their own. */
export interface StateLayout {
  /** The query encoder's parameters; the key encoder's are the first `keySize` values' counterparts. */
  readonly query: FlatLayout;
  readonly key: FlatLayout;
  readonly buffers: FlatLayout;
  readonly slots: Readonly<Record<string, StateSlot>>;
}

/** Prefixes every name, as the encoder's `net` attribute does in the official code. */
function within(store: WeightStore, prefix: string): WeightStore {
  return {
    graph: store.graph,
    training: store.training,
    parameter: (name, shape, initializer) => store.parameter(`${prefix}.${name}`, shape, initializer),
    buffer: (name, shape, initial) => store.buffer(`${prefix}.${name}`, shape, initial),
    statistics: (name, statistics, count) => store.statistics(`${prefix}.${name}`, statistics, count),
  };
}

const features = (store: WeightStore, options: StepOptions, images: Value): Value =>
  backbone(options.backbone, within(store, "net"), images);

export function stateLayout(options: StepOptions, { contrastive, coarseWeight }: Objective): StateLayout {
  const graph = new Graph(ops);
  const { embeddingDim: d, queueSize: k, coarseClasses } = options;
  const images = graph.input("images", "float32", [1, 3, options.imageSize, options.imageSize]);
  let pooled: Value;
  const net = declare(graph, (store) => {
    pooled = features(store, options, images);
  });
  const heads = declare(graph, (store) => void (contrastive && projector(store, pooled, d)));
  const classifies = coarseWeight > 0 || isScheduled(options, "coarseWeight");
  const head = declare(graph, (store) => void (classifies && classifier(store, pooled, coarseClasses)));
  const key = flatLayout([...net.parameters, ...heads.parameters]);
  const query = flatLayout([...key.slices, ...head.parameters]);
  const buffers = flatLayout(net.buffers);
  const vector = (size: number): StateSlot => ({ dtype: "float32", shape: [size] });
  const slots = {
    query: vector(query.size),
    momentum: vector(query.size),
    query_buffers: vector(buffers.size),
    ...(options.averaging ? { average: vector(query.size), average_buffers: vector(buffers.size) } : {}),
  };
  const contrastiveSlots = {
    key: vector(key.size),
    key_buffers: vector(buffers.size),
    queue: { dtype: "float32", shape: [k, d] } as const,
    queue_labels: vector(k),
    ...(options.maskOwnKeys ? { queue_indices: vector(k) } : {}),
  };
  return { query, key, buffers, slots: contrastive ? { ...slots, ...contrastiveSlots } : slots };
}

/** Declares graph inputs for state and marks the values that replace it. */
class State {
  readonly #graph: Graph;
  readonly #slots: StateLayout["slots"];

  constructor(graph: Graph, slots: StateLayout["slots"]) {
    this.#graph = graph;
    this.#slots = slots;
  }

  read(slot: string): Value {
    const { dtype, shape } = this.#slots[slot]!;
    return this.#graph.inputs.get(stateInput(slot)) ?? this.#graph.input(stateInput(slot), dtype, shape);
  }

  write(slot: string, value: Value): void {
    this.#graph.output(stateOutput(slot), value);
  }
}

const isScheduled = ({ scheduled = [] }: StepOptions, setting: ScheduledSetting): boolean =>
  scheduled.includes(setting);

/** The feed of a scheduled setting. */
export const settingFeeds: Readonly<Record<ScheduledSetting, string>> = {
  softWeight: "soft_weight",
  softTemperature: "soft_temperature",
  coarseWeight: "coarse_weight",
};

/**
 * The whole training step as one graph: feeds `query`, `key`, `labels`, `learning_rate`; fetches `loss` (and `gradients`).
 * Further feeds as the options ask: scheduled settings, `indices`, `average_rate`.
 */
export function stepGraph(options: StepOptions, objective: Objective, layout: StateLayout): Graph {
  const graph = new Graph(ops);
  const state = new State(graph, layout.slots);
  const { batchSize: n, imageSize: s } = options;
  const queryImages = graph.input("query", "float32", [n, 3, s, s]);
  const labels = graph.input("labels", "float32", [n]);
  const learningRate = graph.input("learning_rate", "float32", []);
  const setting = (name: ScheduledSetting, fixed: number): Scalar =>
    isScheduled(options, name) ? graph.input(settingFeeds[name], "float32", []) : fixed;
  const query = state.read("query");

  // The key branch stands first: its activations are gone before the query branch's begin to pile up.
  const keys = objective.contrastive && keyBranch(graph, state, options, layout, query);
  const store = new TrainingStore(graph, layout.query, query);
  const pooled = graph.scoped("query", () => features(store, options, queryImages));
  const terms: Value[] = [];
  if (objective.contrastive && keys) {
    const { weight, softWeight, softTemperature } = objective.contrastive;
    const label = {
      softWeight: setting("softWeight", softWeight),
      softTemperature: setting("softTemperature", softTemperature),
    };
    const q = graph.scoped("query", () => unitRows(projector(store, pooled, options.embeddingDim)));
    const inputs = { ...keys, graph, q, labels, temperature: options.temperature };
    terms.push(
      scaled(
        graph,
        graph.scoped("loss", () => contrastiveLoss(inputs, label)),
        weight,
      ),
    );
  }
  const coarseWeight = setting("coarseWeight", objective.coarseWeight);
  if (coarseWeight !== 0) {
    const loss = graph.scoped("coarse", () =>
      coarseCrossEntropy(graph, classifier(store, pooled, options.coarseClasses), labels),
    );
    terms.push(scaled(graph, loss, coarseWeight));
  }
  const loss = terms.reduce((a, b) => graph.op("add", [a, b]));
  graph.output("loss", loss);
  const buffers = store.runningStatistics(layout.buffers, state.read("query_buffers"));
  state.write("query_buffers", buffers);

  const parameters = layout.query.slices.map(({ name }) => store.used.get(name)!);
  const gradient = flattened(graph, gradients(graph, loss, parameters));
  const trained = graph.scoped("sgd", () => sgd(graph, state, options, { query, gradient, learningRate }));
  if (options.averaging)
    graph.scoped("average", () => average(graph, state, { average: trained, average_buffers: buffers }));
  if (options.debug?.gradients) graph.output("gradients", gradient);
  return graph;
}

/** Keys into the queue without training: feeds `key`, `labels`. */
export function fillGraph(options: StepOptions, layout: StateLayout): Graph {
  const graph = new Graph(ops);
  const { batchSize: n, imageSize: s } = options;
  const images = graph.input("key", "float32", [n, 3, s, s]);
  const labels = graph.input("labels", "float32", [n]);
  const state = new State(graph, layout.slots);
  const { k } = encodeKeys(graph, options, layout, images, state.read("key"));
  enqueue(graph, state, options, entriesOf(graph, options, k, labels));
  return graph;
}

function keyBranch(graph: Graph, state: State, options: StepOptions, layout: StateLayout, query: Value) {
  const { batchSize: n, imageSize: s, keyMomentum: m } = options;
  const images = graph.input("key", "float32", [n, 3, s, s]);
  const labels = graph.inputs.get("labels")!;
  const key = graph.scoped("ema", () => {
    const shared = graph.op("slice", [query], { axis: 0, start: 0, end: layout.key.size });
    const kept = graph.op("mul", [state.read("key"), graph.scalar(m)]);
    return graph.op("add", [kept, graph.op("mul", [shared, graph.scalar(1 - m)])]);
  });
  state.write("key", key);
  const { k, store } = encodeKeys(graph, options, layout, images, key);
  state.write("key_buffers", store.runningStatistics(layout.buffers, state.read("key_buffers")));
  const entries = entriesOf(graph, options, k, labels);
  enqueue(graph, state, options, entries);
  const queue = { queue: state.read("queue"), queueLabels: state.read("queue_labels") };
  if (!entries.queue_indices) return { k, ...queue };
  const column = graph.op("reshape", [entries.queue_indices], { shape: [n, 1] });
  const row = graph.op("reshape", [state.read("queue_indices")], { shape: [1, options.queueSize] });
  return { k, ...queue, own: graph.op("equal", [column, row]) };
}

/** What a batch puts into the queue, by slot. */
function entriesOf(graph: Graph, { maskOwnKeys, batchSize }: StepOptions, k: Value, labels: Value) {
  const entries: Record<string, Value> = { queue: k, queue_labels: labels };
  if (maskOwnKeys) entries.queue_indices = graph.input("indices", "float32", [batchSize]);
  return entries;
}

function encodeKeys(graph: Graph, options: StepOptions, layout: StateLayout, images: Value, flat: Value) {
  const store = new TrainingStore(graph, layout.key, flat);
  const k = graph.scoped("key", () =>
    unitRows(projector(store, features(store, options, images), options.embeddingDim)),
  );
  return { k, store };
}

/** First in, first out, oldest row first; of a batch larger than the queue the last rows stay. */
function enqueue(graph: Graph, state: State, options: StepOptions, entries: Readonly<Record<string, Value>>): void {
  const { batchSize: n, queueSize } = options;
  const push = (queue: Value, rows: Value): Value => {
    if (n >= queueSize) return graph.op("slice", [rows], { axis: 0, start: n - queueSize, end: n });
    const kept = graph.op("slice", [queue], { axis: 0, start: n, end: queueSize });
    return graph.op("concat", [kept, rows], { axis: 0 });
  };
  graph.scoped("enqueue", () => {
    for (const [slot, rows] of Object.entries(entries)) state.write(slot, push(state.read(slot), rows));
  });
}

interface Update {
  readonly query: Value;
  readonly gradient: Value;
  readonly learningRate: Value;
}

/** PyTorch's SGD: v = momentum v + (gradient + weightDecay p), p = p - learningRate v. */
function sgd(graph: Graph, state: State, { sgd: { momentum, weightDecay } }: StepOptions, update: Update): Value {
  const decay = graph.op("mul", [update.query, graph.scalar(weightDecay)]);
  const direction = graph.op("add", [update.gradient, decay]);
  const kept = graph.op("mul", [state.read("momentum"), graph.scalar(momentum)]);
  const velocity = graph.op("add", [kept, direction]);
  state.write("momentum", velocity);
  const trained = graph.op("sub", [update.query, graph.op("mul", [velocity, update.learningRate])]);
  state.write("query", trained);
  return trained;
}

/** average += rate (current - average) */
function average(graph: Graph, state: State, current: Readonly<Record<string, Value>>): void {
  const rate = graph.input("average_rate", "float32", []);
  for (const [slot, value] of Object.entries(current)) {
    const step = graph.op("mul", [graph.op("sub", [value, state.read(slot)]), rate]);
    state.write(slot, graph.op("add", [state.read(slot), step]));
  }
}

function scaled(graph: Graph, loss: Value, weight: Scalar): Value {
  if (weight === 1) return loss;
  return graph.op("mul", [loss, typeof weight === "number" ? graph.scalar(weight) : weight]);
}

function flattened(graph: Graph, values: readonly Value[]): Value {
  const rows = values.map((value) => {
    const size = value.shape.reduce((a, b) => a * b, 1);
    return graph.op("reshape", [value], { shape: [size] });
  });
  return graph.op("concat", rows, { axis: 0 });
}
