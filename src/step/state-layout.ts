import { deviceOf, Graph, ops, type StateSlot, type Value } from "../engine/index.ts";
import type { Objective } from "../methods/index.ts";
import { classifier, declare, networkOf, projector, type WeightStore } from "../nn/index.ts";
import { type FlatLayout, flatLayout, partsOf } from "./layout.ts";
import { momentsOf } from "./optimizer.ts";
import { isScheduled, ownKeysOf, type StepOptions } from "./options.ts";

/** What the state of a step consists of. Encoder tensors carry torchvision's names behind `net.`, heads their own. */
export interface StateLayout {
  /** The query encoder's parameters; the first `key.size` of them have their counterparts in the key encoder. */
  readonly query: FlatLayout;
  readonly key: FlatLayout;
  readonly buffers: FlatLayout;
  /** The vectors that hold these tensors, each in one slot or in several. */
  readonly vectors: Readonly<Record<string, readonly VectorPart[]>>;
  readonly slots: Readonly<Record<string, StateSlot>>;
}

interface VectorPart {
  readonly slot: string;
  readonly layout: FlatLayout;
}

/**
 * On a CPU every run returns the new state in fresh memory. The system hands out larger pieces page by page, each time anew:
 * 55 ms a step for the three vectors of a ResNet-18, where parts of this size take 12. A GPU computes one vector faster.
 */
const LARGEST_PART = 2 ** 20;

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
  const queryParts = partsOf(query, deviceOf(options.device).gpu ? Number.POSITIVE_INFINITY : LARGEST_PART);
  const encoders = ["query", ...(options.averaging ? ["average"] : []), ...(contrastive ? ["key"] : [])];
  const vectors = Object.fromEntries([
    ...[...encoders, ...Object.keys(momentsOf(options))].map((name) => {
      return inParts(name, name === "key" ? sharedParts(queryParts, key) : queryParts);
    }),
    ...(buffers.size === 0 ? [] : encoders.map((encoder) => inParts(`${encoder}_buffers`, [buffers]))),
  ]);
  const vector = (size: number): StateSlot => ({ dtype: "float32", shape: [size] });
  const queue = {
    queue: { dtype: "float32", shape: [k, d] } as const,
    queue_labels: vector(k),
    ...(ownKeysOf(options) ? { queue_indices: vector(k) } : {}),
  };
  const slots = {
    ...Object.fromEntries(
      Object.values(vectors)
        .flat()
        .map(({ slot, layout }) => [slot, vector(layout.size)]),
    ),
    ...(contrastive ? queue : {}),
  };
  return { query, key, buffers, vectors, slots };
}

const inParts = (name: string, parts: readonly FlatLayout[]): [string, VectorPart[]] => [
  name,
  parts.map((layout, i) => ({ slot: parts.length === 1 ? name : `${name}.${i}`, layout })),
];

/** The key encoder's share of every part: its parameters are the first of the query encoder's. */
function sharedParts(queryParts: readonly FlatLayout[], { slices }: FlatLayout): FlatLayout[] {
  const shared = new Set(slices.map(({ name }) => name));
  const parts = queryParts.map((part) => flatLayout(part.slices.filter(({ name }) => shared.has(name))));
  return parts.filter(({ size }) => size > 0);
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
