import type { Shape } from "../core/index.ts";
import type { Graph, Value } from "../engine/index.ts";
import { BATCH_NORM_MOMENTUM, type BatchStatistics, type WeightStore } from "../nn/index.ts";
import type { FlatLayout } from "./layout.ts";

/** Hands a network its weights as slices of one flat vector and gathers its batch statistics. */
export class TrainingStore implements WeightStore {
  readonly graph: Graph;
  readonly training = true;
  /** The parameters that were asked for, by name: what gradients are taken for. */
  readonly used = new Map<string, Value>();
  readonly #layout: FlatLayout;
  readonly #flat: Value;
  readonly #statistics = new Map<string, BatchStatistics & { readonly count: number }>();

  constructor(graph: Graph, layout: FlatLayout, flat: Value) {
    this.graph = graph;
    this.#layout = layout;
    this.#flat = flat;
  }

  parameter(name: string, shape: Shape): Value {
    const slice = this.#layout.slices.find((s) => s.name === name)!;
    const flat = this.graph.op("slice", [this.#flat], { axis: 0, start: slice.start, end: slice.end });
    const value = this.graph.op("reshape", [flat], { shape });
    this.used.set(name, value);
    return value;
  }

  /** Training reads no running statistics; they are updated as one vector in `runningStatistics`. */
  buffer(_name: string, _shape: Shape, initial: number): Value {
    return this.graph.scalar(initial);
  }

  statistics(name: string, statistics: BatchStatistics, count: number): void {
    this.#statistics.set(name, { ...statistics, count });
  }

  /** running = (1 - momentum) running + momentum batch, the variance unbiased (PyTorch). */
  runningStatistics(layout: FlatLayout, running: Value): Value {
    const { graph } = this;
    const parts = layout.slices.map(({ name }) => {
      const [, norm, kind] = /^(.*)\.(running_mean|running_var)$/.exec(name)!;
      const { mean, variance, count } = this.#statistics.get(norm!)!;
      if (kind === "running_mean") return mean;
      return graph.op("mul", [variance, graph.scalar(count / Math.max(count - 1, 1))]);
    });
    const batch = graph.op("concat", parts, { axis: 0 });
    const kept = graph.op("mul", [running, graph.scalar(1 - BATCH_NORM_MOMENTUM)]);
    return graph.op("add", [kept, graph.op("mul", [batch, graph.scalar(BATCH_NORM_MOMENTUM)])]);
  }
}
