import { Graph, gradients, ops } from "../src/engine/index.ts";
import { contrastiveLoss, type MethodOptions, objectiveOf, type SoftLabel, softLabels } from "../src/methods/index.ts";
import { type Exact, evaluate } from "./conformance/reference.ts";

export interface Batch {
  readonly d: number;
  readonly q: readonly number[];
  readonly k: readonly number[];
  readonly queue: readonly number[];
  readonly labels: readonly number[];
  readonly queueLabels: readonly number[];
}

/** Which entries of the queue are a sample's own keys [N K], and what they are. */
export interface Own {
  readonly mask: readonly boolean[];
  readonly keys?: "masked" | "positive";
}

export interface Result {
  readonly loss: number;
  /** Rows of K + 1, own key first. */
  readonly targets: number[][];
  /** d loss / d q */
  readonly slope: Float64Array;
}

/** The loss and its targets in float64. */
export function compute(batch: Batch, label: SoftLabel, temperature = 0.1, own?: Own): Result {
  const { d, labels, queueLabels } = batch;
  const [n, size] = [labels.length, queueLabels.length];
  const graph = new Graph(ops);
  const feeds: Record<string, Exact> = {};
  const input = (name: "q" | "k" | "queue" | "labels" | "queueLabels", shape: number[]) => {
    feeds[name] = { shape, data: Float64Array.from(batch[name]) };
    return graph.input(name, "float32", shape);
  };
  const inputs = {
    temperature,
    q: input("q", [batch.q.length / d, d]),
    k: input("k", [n, d]),
    queue: input("queue", [size, d]),
    labels: input("labels", [n]),
    queueLabels: input("queueLabels", [size]),
    ...(own && { ownKeyMask: graph.op("equal", [ownMask(graph, n, size, own.mask), graph.scalar(1)]) }),
    ownKeys: own?.keys,
  };
  const loss = contrastiveLoss(inputs, label);
  const results = evaluate(graph, feeds, [loss, softLabels(inputs, label), ...gradients(graph, loss, [inputs.q])]);
  const rows = [...results[1]!.data];
  const targets = labels.map((_, i) => rows.slice(i * (size + 1), (i + 1) * (size + 1)));
  return { loss: results[0]!.data[0]!, targets, slope: results[2]!.data };
}

const ownMask = (graph: Graph, n: number, size: number, own: readonly boolean[]) =>
  graph.constant({ dtype: "float32", shape: [n, size], data: Float32Array.from(own, Number) });

export const labelOf = (options: MethodOptions): SoftLabel => objectiveOf(options).contrastive!;
