import { type DType, fail, type Shape, showShape, sizeOf, type TensorData } from "../../core/index.ts";
import type { OpAttributes, OpName, PlainOpName } from "./attributes.ts";

/** A tensor in the graph: static dtype and shape, produced by a node, an input or a constant. */
export interface Value {
  readonly graph: Graph;
  readonly id: number;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The node that computes it; undefined for inputs and constants. */
  readonly node: Node | undefined;
}

export interface Node<N extends OpName = OpName> {
  readonly op: N;
  readonly inputs: readonly Value[];
  readonly attributes: OpAttributes[N];
  readonly outputs: readonly Value[];
  /** Where in the model it stands, for example `query/layer1.0`; profiles and printed graphs show it. */
  readonly scope: string;
}

export interface ValueType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A tensor known when the graph is built; its name, where it has one, is that of the initializer in the ONNX file. */
interface Constant extends TensorData {
  readonly name?: string;
}

/** The part of an op's rules the builder needs. */
export type ShapeRule<N extends OpName> = (inputs: readonly ValueType[], attributes: OpAttributes[N]) => ValueType[];
type ShapeRules = { readonly [N in OpName]: { readonly infer: ShapeRule<N> } };

/** A static dataflow graph under construction. Nodes are kept in the order they were added, which is an execution order. */
export class Graph {
  readonly nodes: Node[] = [];
  readonly inputs = new Map<string, Value>();
  readonly constants = new Map<Value, Constant>();
  readonly outputs = new Map<string, Value>();
  readonly #rules: ShapeRules;
  #nextId = 0;
  #scope: string[] = [];

  constructor(rules: ShapeRules) {
    this.#rules = rules;
  }

  /** Declares a graph input; its name is the feed's name. */
  input(name: string, dtype: DType, shape: Shape): Value {
    if (this.inputs.has(name)) fail("engine", { expected: "one input of each name", found: `two named "${name}"` });
    const value = this.#value({ dtype, shape }, undefined);
    this.inputs.set(name, value);
    return value;
  }

  constant(tensor: Constant): Value {
    const value = this.#value(tensor, undefined);
    this.constants.set(value, tensor);
    return value;
  }

  /** A float32 scalar constant. */
  scalar(x: number): Value {
    return this.constant({ dtype: "float32", shape: [], data: Float32Array.of(x) });
  }

  output(name: string, value: Value): void {
    if (this.outputs.has(name)) fail("engine", { expected: "one output of each name", found: `two named "${name}"` });
    this.outputs.set(name, value);
  }

  /** Adds a node and returns its first output. */
  op(name: PlainOpName, inputs: readonly Value[]): Value;
  op<N extends OpName>(name: N, inputs: readonly Value[], attributes: OpAttributes[N]): Value;
  op<N extends OpName>(name: N, inputs: readonly Value[], attributes = {} as OpAttributes[N]): Value {
    return this.multi(name, inputs, attributes)[0]!;
  }

  /** Adds a node and returns all its outputs. */
  multi(name: PlainOpName, inputs: readonly Value[]): readonly Value[];
  multi<N extends OpName>(name: N, inputs: readonly Value[], attributes: OpAttributes[N]): readonly Value[];
  multi<N extends OpName>(name: N, inputs: readonly Value[], attributes = {} as OpAttributes[N]): readonly Value[] {
    const outputs: Value[] = [];
    const node: Node<N> = { op: name, inputs, attributes, outputs, scope: this.#scope.join("/") };
    for (const type of this.#rules[name].infer(inputs, attributes)) {
      outputs.push(this.#value(type, node as unknown as Node));
    }
    this.nodes.push(node as unknown as Node);
    return outputs;
  }

  /** Labels the nodes that `build` adds. */
  scoped<T>(label: string, build: () => T): T {
    this.#scope.push(label);
    try {
      return build();
    } finally {
      this.#scope.pop();
    }
  }

  /** Bytes of a value, all dtypes counted at four bytes but bool. */
  static bytesOf(value: ValueType): number {
    return sizeOf(value.shape) * (value.dtype === "bool" ? 1 : 4);
  }

  #value(type: ValueType, node: Node | undefined): Value {
    if (!type.shape.every((n) => Number.isInteger(n) && n > 0)) {
      fail("shape", { where: node?.op ?? "graph", expected: "positive dimensions", found: showShape(type.shape) });
    }
    return { graph: this, id: this.#nextId++, dtype: type.dtype, shape: [...type.shape], node };
  }
}
