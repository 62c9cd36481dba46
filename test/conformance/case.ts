import { type DType, hash, permutation, random, sizeOf, type TypedArrays } from "../../src/core/index.ts";
import { Graph, gradients, type OpAttributes, type OpName, ops, type Value } from "../../src/engine/index.ts";
import type { Exact } from "./reference.ts";

/** How an input is filled; every kind keeps away from the kinks of the ops it is meant for, but `ties`. */
export type Fill = "normal" | "awayFromZero" | "positive" | "distinct" | "ties" | "labels" | "distribution" | "bits";

export interface Input {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly fill: Fill;
}

/** A small graph whose outputs, and gradients where it has them, are to be the same everywhere. */
export interface Case {
  readonly name: string;
  readonly inputs: readonly Input[];
  readonly build: (graph: Graph, inputs: readonly Value[]) => readonly Value[];
  /** Positions of the inputs that gradients are taken for. */
  readonly wrt: readonly number[];
  /** Largest error allowed, relative to the largest magnitude of the tensor. */
  readonly tolerance: number;
}

export const input = (shape: readonly number[], fill: Fill = "normal", dtype: DType = "float32"): Input => ({
  shape,
  dtype: fill === "bits" ? "bool" : dtype,
  fill,
});

interface OpCase<N extends OpName> {
  readonly inputs: readonly Input[];
  readonly attributes: OpAttributes[N];
  readonly wrt?: readonly number[];
  readonly tolerance?: number;
  /** Lets another op bring the four-dimensional inputs into blocks first, where the lowering has blocks. */
  readonly inBlocks?: boolean;
}

/** One op on its own, differentiated by its float inputs where it has a gradient rule. */
export function opCase<N extends OpName>(
  op: N,
  { inputs, attributes, wrt, tolerance = 2e-5, inBlocks }: OpCase<N>,
): Case {
  const shapes = inputs.map(({ shape }) => `[${shape.join(", ")}]`).join(" ");
  const shown = Object.entries(attributes).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? `[${value}]` : value}`,
  );
  const differentiable = inputs.flatMap(({ dtype }, i) => (dtype === "float32" ? [i] : []));
  return {
    name: `${op} ${[shapes, ...shown].join(", ")}${inBlocks ? ", in blocks" : ""}`,
    inputs,
    wrt: wrt ?? (ops[op].gradient ? differentiable : []),
    tolerance,
    build: (graph, values) => {
      const primers = inBlocks ? values.filter(({ shape }) => shape.length === 4).map((x) => primer(graph, x)) : [];
      return [...graph.multi(op, values, attributes).map((value) => numeric(graph, value)), ...primers];
    },
  };
}

/** An op that reads x in blocks, where the lowering has blocks. */
export const primer = (graph: Graph, x: Value): Value => {
  const vector = (value: number) =>
    graph.constant({ dtype: "float32", shape: [x.shape[1]!], data: new Float32Array(x.shape[1]!).fill(value) });
  return graph.multi("batchNorm", [x, vector(1), vector(0)], { epsilon: 1e-3, relu: false })[1]!;
};

/** Outputs are float32 for every device: a bool or an int32 is cast. */
const numeric = (graph: Graph, value: Value): Value =>
  value.dtype === "float32" ? value : graph.op("cast", [value], { to: "float32" });

/** A case as a graph with outputs `y0..`, and `g0..` for the gradients of a weighted sum of its outputs. */
export interface Built {
  readonly graph: Graph;
  readonly loss: Value | undefined;
  readonly outputs: readonly Value[];
  readonly gradients: readonly Value[];
}

export function buildCase(test: Case): Built {
  const graph = new Graph(ops);
  const inputs = test.inputs.map(({ dtype, shape }, i) => graph.input(`x${i}`, dtype, shape));
  const outputs = test.build(graph, inputs);
  for (const [i, output] of outputs.entries()) graph.output(`y${i}`, output);
  if (test.wrt.length === 0) return { graph, outputs, gradients: [], loss: undefined };
  const loss = weightedSum(graph, test.name, differentiableOutputs(outputs));
  const results = gradients(
    graph,
    loss,
    test.wrt.map((i) => inputs[i]!),
  );
  for (const [i, g] of results.entries()) graph.output(`g${i}`, g);
  return { graph, outputs, gradients: results, loss };
}

/** Statistics and probabilities come out beside the result, but no gradient flows through them: the first output of a node. */
const differentiableOutputs = (outputs: readonly Value[]): readonly Value[] =>
  outputs.filter((value) => value.node === undefined || value.node.outputs[0] === value);

function weightedSum(graph: Graph, name: string, outputs: readonly Value[]): Value {
  const terms = outputs.map((output, i) => {
    const rng = random(hash(...new TextEncoder().encode(name)), 1000 + i);
    const data = Float32Array.from({ length: sizeOf(output.shape) }, () => rng.normal());
    const product = graph.op("mul", [output, graph.constant({ dtype: "float32", shape: output.shape, data })]);
    if (output.shape.length === 0) return product;
    return graph.op("reduceSum", [product], { axes: output.shape.map((_, axis) => axis), keepDims: false });
  });
  return terms.reduce((a, b) => graph.op("add", [a, b]));
}

/** The inputs of a case: the same on every machine, exact in float32. */
export function feedsOf(test: Case): Record<string, TypedArrays[DType]> {
  return Object.fromEntries(test.inputs.map((spec, i) => [`x${i}`, filled(spec, test.name, i)]));
}

export function exactFeeds(test: Case): Record<string, Exact> {
  const feeds = feedsOf(test);
  return Object.fromEntries(
    test.inputs.map(({ shape }, i) => [`x${i}`, { shape, data: Float64Array.from(feeds[`x${i}`]!) }]),
  );
}

function filled({ shape, dtype, fill }: Input, name: string, index: number): TypedArrays[DType] {
  const rng = random(hash(...new TextEncoder().encode(name)), index);
  const n = sizeOf(shape);
  const order = fill === "distinct" ? permutation(n, rng) : undefined;
  const values = Float32Array.from({ length: n }, (_, i) => {
    switch (fill) {
      case "normal":
        return rng.normal();
      case "awayFromZero":
        return (0.1 + Math.abs(rng.normal())) * (rng.uniform() < 0.5 ? -1 : 1);
      case "positive":
        return 0.5 + 2 * rng.uniform();
      case "distinct":
        return (order![i]! - n / 2) / 16;
      case "ties":
        return rng.integer(3);
      case "labels":
        return rng.integer(4) - 1;
      case "distribution":
        return rng.uniform();
      case "bits":
        return rng.integer(2);
    }
  });
  if (fill === "distribution") normalizeRows(values, shape.at(-1)!);
  return dtype === "float32" ? values : dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

function normalizeRows(values: Float32Array, width: number): void {
  for (let start = 0; start < values.length; start += width) {
    const row = values.subarray(start, start + width);
    const sum = row.reduce((a, b) => a + b, 0);
    for (let i = 0; i < width; i++) row[i]! /= sum;
  }
}
