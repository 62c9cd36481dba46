import { sizeOf } from "../core/index.ts";
import {
  add,
  column,
  concat,
  equal,
  type Graph,
  gradients,
  mul,
  type Operand,
  reshape,
  row,
  slice,
  sub,
  type Value,
} from "../engine/index.ts";
import {
  coarseCrossEntropy,
  contrastiveLoss,
  type MethodSetting,
  methodSettings,
  type Objective,
} from "../methods/index.ts";
import { classifier, networkOf, projector, unitRows } from "../nn/index.ts";
import { type Draft, draftOf } from "./draft.ts";
import { cropsOf, isScheduled, ownKeysOf, type StepOptions } from "./options.ts";
import { parameterGroupsOf } from "./parameter-groups.ts";
import { features, type StateLayout } from "./state-layout.ts";
import { type FlatTensors, TrainingStore } from "./training-store.ts";
import { update } from "./update.ts";

/** A batch of what the network takes: images, or a frozen model's features. The query has all crops of the images. */
const viewInput = ({ graph, options }: Draft, view: "query" | "key"): Value => {
  const rows = options.batchSize * (view === "query" ? cropsOf(options) : 1);
  return graph.input(view, "float32", [rows, ...networkOf(options).inputShape]);
};

const labelsInput = ({ graph, options }: Draft): Value => graph.input("labels", "float32", [options.batchSize]);

/**
 * The whole training step as one graph, in the order of "One step" in docs/method.md. Feeds `query`, `key`, `labels`,
 * `learning_rate`; fetches `loss`. Further feeds as the options ask: scheduled settings, `indices`, `average_rate`.
 * Further fetches: `gradients`, `gradient_norm`.
 */
export function stepGraph(options: StepOptions, objective: Objective, layout: StateLayout): Graph {
  const draft = draftOf(options, layout);
  const { graph, state } = draft;
  const images = viewInput(draft, "query");
  const labels = labelsInput(draft);
  const learningRate = graph.input("learning_rate", "float32", []);
  const query = state.readVector("query");

  // The key branch comes first: its activations are freed before the query branch makes its own.
  const keys = objective.contrastive && keyBranch(draft, query, labels);
  const network = trainingStore(draft, query, "query_buffers");
  const loss = queryBranch(draft, objective, network, { images, labels, keys });
  graph.output("loss", loss);
  const buffers = nextBuffers(draft, network, "query_buffers");

  const gradient = parameterGradient(draft, loss, network.parameters());
  const trained = update(draft, { query, gradient, learningRate });
  const averaged = { average: trained, ...(buffers && { average_buffers: [buffers] }) };
  if (options.averaging) graph.scoped("average", () => average(draft, averaged));
  if (options.debug?.gradients) graph.output("gradients", joined(gradient));
  return graph;
}

/** Steps 2 and 3 alone, which fill the queue before training: feeds `key`, `labels`. */
export function fillGraph(options: StepOptions, layout: StateLayout): Graph {
  const draft = draftOf(options, layout);
  const images = viewInput(draft, "key");
  const labels = labelsInput(draft);
  const { k } = encodeKeys(draft, images, draft.state.readVector("key"));
  enqueue(draft, queueEntries(draft, k, labels));
  return draft.graph;
}

/** What the loss compares a query with: its key, and the queue as it was before the step. */
interface Keys {
  readonly k: Value;
  readonly queue: Value;
  readonly queueLabels: Value;
  readonly ownKeyMask?: Value;
  readonly ownKeys?: "masked" | "positive" | undefined;
}

function keyBranch(draft: Draft, query: readonly FlatTensors[], labels: Value): Keys {
  const { graph, state, options } = draft;
  const images = viewInput(draft, "key");

  // 1. key = m key + (1 - m) query
  const key = graph.scoped("ema", () =>
    state.readVector("key").map(({ layout, flat }, i): FlatTensors => {
      const { layout: whole, flat: all } = query[i]!;
      const shared = layout.size === whole.size ? all : slice(all, { axis: 0, start: 0, end: layout.size });
      return { layout, flat: add(mul(flat, options.keyMomentum), mul(shared, 1 - options.keyMomentum)) };
    }),
  );
  state.writeVector(
    "key",
    key.map(({ flat }) => flat),
  );

  // 2. k
  const { k, network } = encodeKeys(draft, images, key);
  nextBuffers(draft, network, "key_buffers");

  // 3. k and y enter the queue, for the next step.
  const entries = queueEntries(draft, k, labels);
  enqueue(draft, entries);
  const queue = { queue: state.read("queue"), queueLabels: state.read("queue_labels") };
  if (!entries.queue_indices) return { k, ...queue };
  const ownKeyMask = equal(column(entries.queue_indices), row(state.read("queue_indices")));
  return { k, ...queue, ownKeyMask, ownKeys: ownKeysOf(options) };
}

/** k = normalised projection of the key view under the key encoder [N, D]. */
function encodeKeys(draft: Draft, images: Value, key: readonly FlatTensors[]) {
  const { graph, options } = draft;
  const network = trainingStore(draft, key, "key_buffers");
  const k = graph.scoped("key", () =>
    unitRows(projector(network, features(network, options, images), options.embeddingDim)),
  );
  return { k, network };
}

const trainingStore = ({ graph, state }: Draft, weights: readonly FlatTensors[], buffers: string) =>
  new TrainingStore(graph, weights, () => state.readVector(buffers));

/** The buffers after this batch; undefined where it changes none. */
function nextBuffers({ state, layout }: Draft, network: TrainingStore, slot: string): Value | undefined {
  if (layout.buffers.size === 0) return undefined;
  const before = state.read(slot);
  const after = network.runningStatistics(layout.buffers, before);
  if (after === before) return undefined;
  state.write(slot, after);
  return after;
}

/** What a batch puts into the queue, by slot. */
function queueEntries({ graph, options }: Draft, k: Value, labels: Value): Readonly<Record<string, Value>> {
  if (!ownKeysOf(options)) return { queue: k, queue_labels: labels };
  return { queue: k, queue_labels: labels, queue_indices: graph.input("indices", "float32", [options.batchSize]) };
}

/** First in, first out, oldest row first; of a batch larger than the queue the last rows stay. */
function enqueue({ graph, state, options }: Draft, entries: Readonly<Record<string, Value>>): void {
  const { batchSize: n, queueSize } = options;
  const push = (queue: Value, rows: Value): Value => {
    if (n >= queueSize) return slice(rows, { axis: 0, start: n - queueSize, end: n });
    return concat([slice(queue, { axis: 0, start: n, end: queueSize }), rows], { axis: 0 });
  };
  graph.scoped("enqueue", () => {
    for (const [slot, rows] of Object.entries(entries)) state.write(slot, push(state.read(slot), rows));
  });
}

interface QueryInputs {
  readonly images: Value;
  readonly labels: Value;
  /** Undefined for a method without a contrastive part. */
  readonly keys: Keys | undefined;
}

/** The loss of the step. */
function queryBranch(draft: Draft, objective: Objective, network: TrainingStore, inputs: QueryInputs): Value {
  const { graph, options } = draft;
  const { images, labels, keys } = inputs;
  const pooled = graph.scoped("query", () => features(network, options, images));
  const terms: Value[] = [];

  if (objective.contrastive && keys) {
    const softLabel = {
      softWeight: setting(draft, "softWeight", objective.contrastive.softWeight),
      softTemperature: setting(draft, "softTemperature", objective.contrastive.softTemperature),
    };
    // 4. q = normalised projection of the query views under the query encoder [R N, D]
    const q = graph.scoped("query", () => unitRows(projector(network, pooled, options.embeddingDim)));
    // 5 and 6. Targets, logits and their cross-entropy
    const compared = { ...keys, q, labels, temperature: options.temperature };
    const loss = graph.scoped("loss", () => contrastiveLoss(compared, softLabel));
    terms.push(weighted(loss, objective.contrastive.weight));
  }

  // 7. + x cross-entropy(classifier(features of the query views), y)
  const coarseWeight = setting(draft, "coarseWeight", objective.coarseWeight);
  if (coarseWeight !== 0) {
    const loss = graph.scoped("coarse", () =>
      coarseCrossEntropy(classifier(network, pooled, options.coarseClasses), labels),
    );
    terms.push(weighted(loss, coarseWeight));
  }
  return terms.reduce((a, b) => add(a, b));
}

/** A setting of the method: a feed where it changes during the run. */
const setting = ({ graph, options }: Draft, name: MethodSetting, fixed: number): Operand =>
  isScheduled(options, name) ? graph.input(methodSettings[name].feed, "float32", []) : fixed;

const weighted = (loss: Value, weight: Operand): Value => (weight === 1 ? loss : mul(loss, weight));

/** average += rate (current - average) */
function average({ graph, state }: Draft, current: Readonly<Record<string, readonly Value[]>>): void {
  const rate = graph.input("average_rate", "float32", []);
  for (const [name, values] of Object.entries(current)) {
    const before = state.readVector(name).map(({ flat }) => flat);
    const after = values.map((value, i) => add(before[i]!, mul(sub(value, before[i]!), rate)));
    state.writeVector(name, after);
  }
}

/** The gradient of all parameters, in the parts of their vector; 0 for frozen ones, of which none is computed. */
function parameterGradient({ graph, options, layout }: Draft, loss: Value, parameters: readonly Value[]): Value[] {
  const groups = parameterGroupsOf(layout.query, options.parameterGroups);
  const isTrained = (i: number) => groups[i]!.rateScale !== 0;
  const trained = parameters.filter((_, i) => isTrained(i));
  const taken = gradients(graph, loss, trained).values();
  const zeros = ({ shape }: Value) => graph.op("expand", [graph.scalar(0)], { shape });
  const each = parameters
    .map((parameter, i) => (isTrained(i) ? taken.next().value! : zeros(parameter)))
    .map((value) => reshape(value, [sizeOf(value.shape)]))
    .values();
  return layout.vectors.query!.map(({ layout: { slices } }) => joined(slices.map(() => each.next().value!)));
}

const joined = (vectors: readonly Value[]): Value =>
  vectors.length === 1 ? vectors[0]! : concat(vectors, { axis: 0 });
