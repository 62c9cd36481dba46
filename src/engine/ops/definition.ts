import type { Graph, Node, OpName, ShapeRule, Value } from "../graph/index.ts";
import type { OnnxAttribute } from "../onnx/index.ts";

/** Plain numbers are ints, arrays of numbers ints, strings strings. */
export type AttributeValue = number | readonly number[] | string | OnnxAttribute;
export type NodeAttributes = Readonly<Record<string, AttributeValue>>;

/**
 * What an op's rule writes ONNX nodes with. Tensors are named by strings. A four-dimensional value may live in plain
 * NCHW order, in ONNX Runtime's blocked order ([N, C/b, H, W, b] in memory, still [N, C, H, W] to its type), or in both.
 */
export interface Emitter {
  /** Channels in a block of the CPU's blocked layout; 0 where only standard operators may be used. */
  readonly block: number;
  /** Writes a standard ONNX node, or `domain:Op` of another domain, and returns its outputs. */
  nodes(op: string, inputs: readonly string[], attributes: NodeAttributes, outputs: number): string[];
  /** As `nodes`, with one output. */
  node(op: string, inputs: readonly string[], attributes?: NodeAttributes): string;
  /** An int64 vector constant. */
  ints(values: readonly number[]): string;
  /** An int32 vector constant. */
  indices(values: readonly number[]): string;
  /** A float32 constant. */
  floats(shape: readonly number[], values: readonly number[]): string;
  /** The value in plain order, reordered if need be. */
  plain(value: Value): string;
  /** The value in blocked order, reordered if need be; its channels must be a multiple of the block. */
  blocked(value: Value): string;
  /** Whether the value exists in blocked order already. */
  isBlocked(value: Value): boolean;
  definePlain(value: Value, name: string): void;
  defineBlocked(value: Value, name: string): void;
  /** The kernel variant the plan holds for this problem, else `preferred`. */
  choose(problem: string, variants: readonly string[], preferred: string): string;
}

/** Everything there is to know about an op, in one file each. */
export interface OpDefinition<N extends OpName> {
  /**
   * Output types from input types.
   * @throws MaskconError "shape" where they do not fit.
   */
  readonly infer: ShapeRule<N>;
  /** Standard ONNX nodes. */
  readonly lower: (emit: Emitter, node: Node<N>) => void;
  /** Blocked and fused nodes for the CPU; returns why not where the case is not covered, and `lower` is used instead. */
  readonly lowerBlocked?: (emit: Emitter, node: Node<N>) => string | undefined;
  /** Gradients of the inputs from those of the outputs; undefined is zero. Absent: not differentiable. Inputs that are not `wanted` may be left out. */
  readonly gradient?: (
    graph: Graph,
    node: Node<N>,
    outputGradients: readonly (Value | undefined)[],
    wanted: readonly boolean[],
  ) => readonly (Value | undefined)[];
}
