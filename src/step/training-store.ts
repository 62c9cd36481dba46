import type { Shape } from "../core/index.ts";
import { add, concat, type Graph, mul, reshape, slice, type Value } from "../engine/index.ts";
import { BATCH_NORM_MOMENTUM, type BatchStatistics, type WeightStore } from "../nn/index.ts";
import type { FlatLayout } from "./layout.ts";

/** Tensors in one flat vector. */
export interface FlatTensors {
  readonly layout: FlatLayout;
  readonly flat: Value;
}

/** Hands a network its weights as slices of flat vectors and gathers its batch statistics. */
export class TrainingStore implements WeightStore {
  readonly graph: Graph;
  readonly training = true;
  readonly #weights: readonly FlatTensors[];
  readonly #fixed: () => readonly FlatTensors[];
  readonly #parameters = new Map<string, Value>();
  readonly #statistics = new Map<string, BatchStatistics & { readonly count: number }>();

  /** @param fixed where the tensors stand that never change, asked where one is; by default among the weights */
  constructor(graph: Graph, weights: readonly FlatTensors[], fixed: () => readonly FlatTensors[] = () => weights) {
    this.graph = graph;
    this.#weights = weights;
    this.#fixed = fixed;
  }

  parameter(name: string, shape: Shape): Value {
    const value = tensorIn(this.#weights, name, shape);
    this.#parameters.set(name, value);
    return value;
  }

  fixed(name: string, shape: Shape): Value {
    return tensorIn(this.#fixed(), name, shape);
  }

  /** The parameters that gradients are taken for, in the order of the layouts. */
  parameters(): Value[] {
    return this.#weights.flatMap(({ layout }) => layout.slices.map(({ name }) => this.#parameters.get(name)!));
  }

  /** Training reads no running statistics; they are updated as one vector in `runningStatistics`. */
  buffer(_name: string, _shape: Shape, initial: number): Value {
    return this.graph.scalar(initial);
  }

  statistics(name: string, statistics: BatchStatistics, count: number): void {
    this.#statistics.set(name, { ...statistics, count });
  }

  /**
   * running = (1 - momentum) running + momentum batch, the variance unbiased (PyTorch). `running` itself where the network has
   * none: no network has both running statistics and tensors that never change.
   */
  runningStatistics(layout: FlatLayout, running: Value): Value {
    if (this.#statistics.size === 0) return running;
    const parts = layout.slices.map(({ name }) => {
      const [, norm, kind] = /^(.*)\.(running_mean|running_var)$/.exec(name)!;
      const { mean, variance, count } = this.#statistics.get(norm!)!;
      if (kind === "running_mean") return mean;
      return mul(variance, count / Math.max(count - 1, 1));
    });
    const batch = concat(parts, { axis: 0 });
    return add(mul(running, 1 - BATCH_NORM_MOMENTUM), mul(batch, BATCH_NORM_MOMENTUM));
  }
}

function tensorIn(tensors: readonly FlatTensors[], name: string, shape: Shape): Value {
  const isNamed = (slice: { readonly name: string }) => slice.name === name;
  const { layout, flat } = tensors.find(({ layout }) => layout.slices.some(isNamed))!;
  const { start, end } = layout.slices.find(isNamed)!;
  return reshape(slice(flat, { axis: 0, start, end }), shape);
}
