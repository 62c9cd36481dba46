import type { Shape } from "../core/index.ts";
import { add, concat, type Graph, mul, reshape, slice, type Value } from "../engine/index.ts";
import { BATCH_NORM_MOMENTUM, type BatchStatistics, type WeightStore } from "../nn/index.ts";
import type { FlatLayout } from "./layout.ts";

/** Tensors in one flat vector of the state. */
export interface FlatTensors {
  readonly layout: FlatLayout;
  /** Reads the vector; called where a tensor of it is asked for. */
  readonly flat: () => Value;
}

/** Hands a network its weights as slices of one flat vector and gathers its batch statistics. */
export class TrainingStore implements WeightStore {
  readonly graph: Graph;
  readonly training = true;
  readonly #layout: FlatLayout;
  readonly #flat: Value;
  readonly #fixed: FlatTensors;
  readonly #parameters = new Map<string, Value>();
  readonly #statistics = new Map<string, BatchStatistics & { readonly count: number }>();

  /** @param fixed where the tensors stand that never change; by default among the weights */
  constructor(graph: Graph, layout: FlatLayout, flat: Value, fixed: FlatTensors = { layout, flat: () => flat }) {
    this.graph = graph;
    this.#layout = layout;
    this.#flat = flat;
    this.#fixed = fixed;
  }

  parameter(name: string, shape: Shape): Value {
    const value = tensorIn(this.#layout, this.#flat, name, shape);
    this.#parameters.set(name, value);
    return value;
  }

  fixed(name: string, shape: Shape): Value {
    return tensorIn(this.#fixed.layout, this.#fixed.flat(), name, shape);
  }

  /** The parameters that gradients are taken for, in the order of the layout. */
  parameters(): Value[] {
    return this.#layout.slices.map(({ name }) => this.#parameters.get(name)!);
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

function tensorIn(layout: FlatLayout, flat: Value, name: string, shape: Shape): Value {
  const { start, end } = layout.slices.find((slice) => slice.name === name)!;
  return reshape(slice(flat, { axis: 0, start, end }), shape);
}
