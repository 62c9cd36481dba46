import { Graph, ops, type StateSlot, type Value } from "../engine/index.ts";
import type { Objective } from "../methods/index.ts";
import { classifier, declare, networkOf, projector, type WeightStore } from "../nn/index.ts";
import { type FlatLayout, flatLayout } from "./layout.ts";
import { optimizerSlots } from "./optimizer.ts";
import { isScheduled, type StepOptions } from "./options.ts";

/** What the state of a step consists of. Encoder tensors carry torchvision's names behind `net.`, heads their own. */
export interface StateLayout {
  /** The query encoder's parameters; the first `key.size` of them have their counterparts in the key encoder. */
  readonly query: FlatLayout;
  readonly key: FlatLayout;
  readonly buffers: FlatLayout;
  readonly slots: Readonly<Record<string, StateSlot>>;
}

export function stateLayout(options: StepOptions, { contrastive, coarseWeight }: Objective): StateLayout {
  const graph = new Graph(ops);
  const { embeddingDim: d, queueSize: k, coarseClasses } = options;
  const one = graph.input("one", "float32", [1, ...networkOf(options).inputShape]);
  let pooled: Value;
  const net = declare(graph, (store) => {
    pooled = features(store, options, one);
  });
  const heads = declare(graph, (store) => void (contrastive && projector(store, pooled, d)));
  const classifies = coarseWeight > 0 || isScheduled(options, "coarseWeight");
  const head = declare(graph, (store) => void (classifies && classifier(store, pooled, coarseClasses)));
  const key = flatLayout([...net.parameters, ...heads.parameters]);
  const query = flatLayout([...key.slices, ...head.parameters]);
  const buffers = flatLayout([...net.buffers, ...net.fixed]);
  const vector = (size: number): StateSlot => ({ dtype: "float32", shape: [size] });
  const buffersOf = (encoder: string): Record<string, StateSlot> =>
    buffers.size === 0 ? {} : { [`${encoder}_buffers`]: vector(buffers.size) };
  const slots = {
    query: vector(query.size),
    ...optimizerSlots(options, query.size),
    ...buffersOf("query"),
    ...(options.averaging ? { average: vector(query.size), ...buffersOf("average") } : {}),
  };
  const contrastiveSlots = {
    key: vector(key.size),
    ...buffersOf("key"),
    queue: { dtype: "float32", shape: [k, d] } as const,
    queue_labels: vector(k),
    ...(options.maskOwnKeys ? { queue_indices: vector(k) } : {}),
  };
  return { query, key, buffers, slots: contrastive ? { ...slots, ...contrastiveSlots } : slots };
}

/** What the network takes (`Network.inputShape`), [N, ...] -> its features [N, F]. */
export const features = (store: WeightStore, options: StepOptions, input: Value): Value =>
  networkOf(options).build(within(store, "net"), input);

/** Prefixes every name, as the encoder's `net` attribute does in the official code. */
function within(store: WeightStore, prefix: string): WeightStore {
  return {
    graph: store.graph,
    training: store.training,
    parameter: (name, shape, initializer) => store.parameter(`${prefix}.${name}`, shape, initializer),
    buffer: (name, shape, initial) => store.buffer(`${prefix}.${name}`, shape, initial),
    fixed: (name, shape, initializer) => store.fixed(`${prefix}.${name}`, shape, initializer),
    statistics: (name, statistics, count) => store.statistics(`${prefix}.${name}`, statistics, count),
  };
}
