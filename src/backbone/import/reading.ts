import { fail, type Shape, showShape } from "../../core/index.ts";
import type { Graph, Value } from "../../engine/index.ts";
import type { OnnxFileNode } from "../../formats/onnx/index.ts";
import type { FoldedConstant } from "./fold.ts";

/** One node of a folded graph at one batch, as an import rule reads it. */
export interface NodeReading {
  readonly graph: Graph;
  readonly op: string;
  /** Of ONNX's own operators. */
  readonly opset: number;
  /** Outputs that other nodes read, at least one. */
  readonly outputs: number;
  /** Inputs that the node has, absent ones among them. */
  readonly inputs: number;
  has(input: number): boolean;
  /** An input as a value of the graph: computed, a parameter, or a constant of float32. */
  value(input: number): Value;
  /** Whether an input is computed from the images, and not from weights alone. */
  isOfImages(input: number): boolean;
  /** An input that is known beforehand. */
  constant(input: number): FoldedConstant | undefined;
  /** The numbers of an input that must be known beforehand. */
  numbers(input: number, what: string): number[];
  /** The one number of an input that must be known beforehand. */
  number(input: number, what: string): number;
  int(name: string, otherwise: number): number;
  float(name: string, otherwise: number): number;
  text(name: string, otherwise: string): string;
  ints(name: string): number[] | undefined;
  /** An op of the engine. */
  readonly apply: Graph["op"];
  refuse(expected: string, found: string): never;
}

export const USE_HEAD = "use --trainable head, which takes it";

export interface ReadingOptions {
  readonly file: string;
  readonly node: OnnxFileNode;
  readonly graph: Graph;
  readonly opset: number;
  readonly value: (name: string) => Value | undefined;
  readonly constant: (name: string) => FoldedConstant | undefined;
  /** Whether a value is computed from the images. */
  readonly isOfImages: (name: string) => boolean;
}

export function nodeReading({ file, node, graph, opset, ...o }: ReadingOptions): NodeReading {
  const { op, inputs, outputs, attributes } = node;
  const refuse = (expected: string, found: string): never => {
    const where = `${file}, ${op} ${JSON.stringify((node.name || outputs[0] || "").slice(0, 100))}`;
    return fail("weights", { where, expected, found, fix: USE_HEAD });
  };
  const constant = (input: number) => o.constant(inputs[input] ?? "");
  const numbers = (input: number, what: string): number[] => {
    const found = constant(input);
    return found
      ? [...found.numbers]
      : refuse(`${what} known beforehand`, "one that is computed from images or weights");
  };
  const attribute = <K extends "int" | "float" | "string" | "ints">(name: string, kind: K) => {
    const found = attributes.get(name);
    if (found === undefined) return undefined;
    if (kind in found) return (found as Record<K, unknown>)[kind];
    return refuse(`${name} of kind ${kind}`, Object.keys(found).join());
  };
  return {
    ...{ graph, op, opset, refuse, constant, numbers, outputs: Math.max(outputs.length, 1), inputs: inputs.length },
    isOfImages: (input) => o.isOfImages(inputs[input] ?? ""),
    has: (input) => (inputs[input] ?? "") !== "",
    value: (input) =>
      o.value(inputs[input] ?? "") ?? refuse(`an input ${input} of float32`, inputs[input] ? "another" : "none"),
    number: (input, what) => {
      const [only, another] = numbers(input, what);
      if (only === undefined || another !== undefined) refuse(`${what} that is one number`, "several");
      return only!;
    },
    int: (name, otherwise) => Number((attribute(name, "int") as bigint | undefined) ?? otherwise),
    float: (name, otherwise) => Number((attribute(name, "float") as number | undefined) ?? otherwise),
    text: (name, otherwise) => String((attribute(name, "string") as string | undefined) ?? otherwise),
    ints: (name) => (attribute(name, "ints") as bigint[] | undefined)?.map(Number),
    apply: graph.op.bind(graph) as Graph["op"],
  };
}

/** What a rule makes of a node: its output, or all of them. */
export type Rule = (node: NodeReading) => Value | readonly Value[];

/** An axis that may count from the end. */
export function axisOf(node: NodeReading, axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
  return node.refuse(`an axis of ${rank}`, String(axis));
}

/** Axes as an attribute, or since a later operator set as an input; ascending. */
export function axesOf(node: NodeReading, input: number, rank: number): number[] | undefined {
  const given = node.ints("axes") ?? (node.has(input) ? node.numbers(input, "axes") : undefined);
  return given && [...new Set(given.map((axis) => axisOf(node, axis, rank)))].sort((a, b) => a - b);
}

export function reshaped(node: NodeReading, x: Value, shape: Shape): Value {
  if (x.shape.length === shape.length && x.shape.every((size, i) => size === shape[i])) return x;
  return node.apply("reshape", [x], { shape });
}

/** The axes in another order; as it is where that is the same. */
export function transposed(node: NodeReading, x: Value, perm: readonly number[]): Value {
  const order = [...perm].sort((a, b) => a - b);
  if (perm.length !== x.shape.length || order.some((axis, i) => axis !== i)) {
    node.refuse(`an order of ${x.shape.length} axes`, showShape(perm));
  }
  return perm.every((axis, i) => axis === i) ? x : node.apply("transpose", [x], { perm });
}
