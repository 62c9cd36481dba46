import type { Shape } from "../core/index.ts";
import type { Graph, Value } from "../engine/index.ts";

/**
 * How a fresh tensor is filled: uniform in [-bound, bound], normal with a deviation, one value, or a matrix with ones on its
 * diagonal.
 */
type Initializer =
  | { readonly kind: "uniform"; readonly bound: number }
  | { readonly kind: "normal"; readonly deviation: number }
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "identity" };

export interface TensorSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
}

/** Statistics of one batch normalisation, for the running averages. */
export interface BatchStatistics {
  readonly mean: Value;
  readonly variance: Value;
}

/**
 * Where a network gets its tensors from while it is written into a graph. The same network code declares its
 * parameters, trains and evaluates: only the store differs.
 */
export interface WeightStore {
  readonly graph: Graph;
  /** Batch statistics when training, running ones when evaluating. */
  readonly training: boolean;
  parameter(name: string, shape: Shape, initializer: Initializer): Value;
  /** A tensor that is state but not trained: running statistics. */
  buffer(name: string, shape: Shape, initial: number): Value;
  /** A tensor that is state but never changes: read in training and in evaluation alike. */
  fixed(name: string, shape: Shape, initializer: Initializer): Value;
  /** Hands over the statistics for the buffers `<name>.running_mean` and `<name>.running_var`. */
  statistics(name: string, statistics: BatchStatistics, count: number): void;
}

export interface Declared {
  readonly parameters: readonly TensorSpec[];
  readonly buffers: readonly TensorSpec[];
  readonly fixed: readonly TensorSpec[];
}

/** Lists the tensors that a network asks for, in order, by building it in a graph that is never run. */
export function declare(graph: Graph, build: (store: WeightStore) => void): Declared {
  const parameters: TensorSpec[] = [];
  const buffers: TensorSpec[] = [];
  const fixed: TensorSpec[] = [];
  const record = (into: TensorSpec[], name: string, shape: Shape, initializer: Initializer): Value => {
    into.push({ name, shape, initializer });
    return graph.input(name, "float32", shape);
  };
  build({
    graph,
    training: true,
    parameter: (name, shape, initializer) => record(parameters, name, shape, initializer),
    buffer: (name, shape, value) => record(buffers, name, shape, { kind: "constant", value }),
    fixed: (name, shape, initializer) => record(fixed, name, shape, initializer),
    statistics: () => {},
  });
  return { parameters, buffers, fixed };
}
