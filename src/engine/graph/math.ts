import type { Shape } from "../../core/index.ts";
import type { OpAttributes, PlainOpName } from "./attributes.ts";
import type { Graph, Value } from "./graph.ts";

/** A tensor of a graph, or a number that is known when the graph is built. */
export type Operand = Value | number;

/** Numbers alone give a number; with a tensor among them the result is one. */
type Combined<A extends Operand, B extends Operand> = A extends number ? (B extends number ? number : Value) : Value;

/**
 * Arithmetic with NumPy's broadcasting. It adds a node to the graph of its tensor, where a number is a float32 constant; of
 * two numbers it gives the number and adds nothing.
 */
export const add = arithmetic("add", (a, b) => a + b);
export const sub = arithmetic("sub", (a, b) => a - b);
export const mul = arithmetic("mul", (a, b) => a * b);
export const div = arithmetic("div", (a, b) => a / b);

export const exp = (x: Value): Value => x.graph.op("exp", [x]);
export const sqrt = (x: Value): Value => x.graph.op("sqrt", [x]);
export const relu = (x: Value): Value => x.graph.op("relu", [x]);

/** Where a equals b, with broadcasting: bool. */
export const equal = (a: Value, b: Value): Value => a.graph.op("equal", [a, b]);

/** condition ? a : b, with broadcasting. */
export const select = (condition: Value, a: Operand, b: Operand): Value =>
  condition.graph.op("select", [condition, tensor(condition.graph, a), tensor(condition.graph, b)]);

/** 1 where x is true, else 0: float32. */
export const toFloat = (x: Value): Value => x.graph.op("cast", [x], { to: "float32" });

interface Reduced {
  readonly axis: number;
  /** Leaves the axis with length 1, so that the result broadcasts over x. */
  readonly keepDims?: boolean;
}

export const sum = (x: Value, { axis, keepDims = false }: Reduced): Value =>
  x.graph.op("reduceSum", [x], { axes: [axis], keepDims });
export const mean = (x: Value, { axis, keepDims = false }: Reduced): Value =>
  x.graph.op("reduceMean", [x], { axes: [axis], keepDims });
export const max = (x: Value, { axis, keepDims = false }: Reduced): Value =>
  x.graph.op("reduceMax", [x], { axes: [axis], keepDims });

/** The product of two matrices, either of them transposed first. */
export const matmul = (
  a: Value,
  b: Value,
  { transposeA = false, transposeB = false }: Partial<OpAttributes["matmul"]> = {},
): Value => a.graph.op("matmul", [a, b], { transposeA, transposeB });

/** The cross-entropy of each row of logits [N, M] with its row of targets [N, M], which is a distribution: [N]. */
export const crossEntropy = (logits: Value, targets: Value): Value =>
  logits.graph.op("crossEntropy", [logits, targets]);

export const reshape = (x: Value, shape: Shape): Value => x.graph.op("reshape", [x], { shape });
/** [N] as [N, 1] and as [1, N]. */
export const column = (x: Value): Value => reshape(x, [x.shape[0]!, 1]);
export const row = (x: Value): Value => reshape(x, [1, x.shape[0]!]);

export const slice = (x: Value, range: OpAttributes["slice"]): Value => x.graph.op("slice", [x], range);
export const concat = (parts: readonly Value[], { axis }: OpAttributes["concat"]): Value =>
  parts[0]!.graph.op("concat", parts, { axis });

function arithmetic(name: PlainOpName & ("add" | "sub" | "mul" | "div"), known: (a: number, b: number) => number) {
  return <A extends Operand, B extends Operand>(a: A, b: B): Combined<A, B> =>
    combined(name, known, a, b) as Combined<A, B>;
}

function combined(name: PlainOpName, known: (a: number, b: number) => number, a: Operand, b: Operand): Operand {
  if (typeof a === "number") return typeof b === "number" ? known(a, b) : b.graph.op(name, [tensor(b.graph, a), b]);
  return a.graph.op(name, [a, tensor(a.graph, b)]);
}

const tensor = (graph: Graph, x: Operand): Value => (typeof x === "number" ? graph.scalar(x) : x);
