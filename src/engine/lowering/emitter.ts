import { fail, showShape } from "../../core/index.ts";
import type { Node, Value } from "../graph/index.ts";
import type { OnnxAttribute, OnnxDType, OnnxNode, OnnxTensor } from "../onnx/index.ts";
import type { AttributeValue, Emitter, NodeAttributes } from "../ops/index.ts";

/** Kernel variants by computation: the fastest ones, kept with a run so that a resumed one computes the same bits. */
export type KernelPlan = Readonly<Record<string, string>>;

/** A computation for which there are several kernels, and a node that needs it. */
export interface KernelChoice {
  readonly variants: readonly string[];
  readonly taken: string;
  readonly node: Node;
}

/**
 * Collects ONNX nodes and constants while the ops' rules write them, and knows in which memory orders each value
 * exists.
 */
export class GraphEmitter implements Emitter {
  readonly block: number;
  readonly written: OnnxNode[] = [];
  readonly constants: OnnxTensor[] = [];
  readonly choices = new Map<string, KernelChoice>();
  scope = "";
  /** The node of the graph that is being lowered. */
  current: Node | undefined;
  /** The tensors of values in plain order. */
  readonly plainNames = new Map<Value, string>();
  readonly #plan: KernelPlan;
  readonly #blockedNames = new Map<Value, string>();
  readonly #constantNames = new Map<string, string>();
  /** How often each node name was asked for. */
  readonly #nodeNames = new Map<string, number>();

  constructor(block: number, plan: KernelPlan) {
    this.block = block;
    this.#plan = plan;
  }

  nodes(op: string, inputs: readonly string[], attributes: NodeAttributes, outputs: number): string[] {
    const colon = op.lastIndexOf(":");
    const type = op.slice(colon + 1);
    const name = this.#unique(`${this.scope}/${type}`);
    const names = outputs === 1 ? [name] : Array.from({ length: outputs }, (_, i) => `${name}:${i}`);
    this.written.push({
      op: type,
      domain: op.slice(0, Math.max(colon, 0)),
      name,
      inputs,
      outputs: names,
      attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, attributeOf(value)])),
    });
    return names;
  }

  node(op: string, inputs: readonly string[], attributes: NodeAttributes = {}): string {
    return this.nodes(op, inputs, attributes, 1)[0]!;
  }

  ints(values: readonly number[]): string {
    return this.#constant("int64", [values.length], bytesOf(BigInt64Array.from(values, BigInt)), `i64 ${values}`);
  }

  indices(values: readonly number[]): string {
    return this.#constant("int32", [values.length], bytesOf(Int32Array.from(values)), `i32 ${values}`);
  }

  floats(shape: readonly number[], values: readonly number[]): string {
    const zero = values.every((value) => Object.is(value, 0));
    const key = `f32 ${showShape(shape)} ${zero ? "zero" : values.join()}`;
    return this.#constant("float32", shape, bytesOf(Float32Array.from(values)), key);
  }

  /** Another name for a tensor that a node makes. */
  renameTensor(from: string, to: string): void {
    const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
    for (const [i, node] of this.written.entries()) {
      if (!node.inputs.includes(from) && !node.outputs.includes(from)) continue;
      this.written[i] = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) };
    }
    for (const names of [this.plainNames, this.#blockedNames]) {
      for (const [value, name] of names) if (name === from) names.set(value, to);
    }
  }

  /** A named tensor from outside: a graph input or a constant of the graph. */
  bind(value: Value, name: string): void {
    this.plainNames.set(value, name);
  }

  addConstant(dtype: OnnxDType, shape: readonly number[], bytes: Uint8Array, givenName?: string): string {
    const name = givenName ?? `${this.scope}/constant.${this.constants.length}`;
    this.constants.push({ name, dtype, shape, bytes });
    return name;
  }

  // Arrow functions: rules hand these around as `inputs.map(emit.plain)`.
  plain = (value: Value): string => {
    const known = this.plainNames.get(value);
    if (known !== undefined) return known;
    const blocked = this.#blockedNames.get(value);
    if (blocked === undefined) fail("engine", { expected: "values defined before use", found: `value ${value.id}` });
    const name = this.node("com.microsoft.nchwc:ReorderOutput", [blocked], { channels: value.shape[1]! });
    this.plainNames.set(value, name);
    return name;
  };

  blocked = (value: Value): string => {
    const known = this.#blockedNames.get(value);
    if (known !== undefined) return known;
    if (value.shape.length !== 4 || value.shape[1]! % this.block !== 0) {
      fail("engine", { expected: `channels in blocks of ${this.block}`, found: showShape(value.shape) });
    }
    const name = this.node("com.microsoft.nchwc:ReorderInput", [this.plain(value)]);
    this.#blockedNames.set(value, name);
    return name;
  };

  isBlocked = (value: Value): boolean => this.#blockedNames.has(value);

  definePlain(value: Value, name: string): void {
    this.plainNames.set(value, name);
  }

  defineBlocked(value: Value, name: string): void {
    this.#blockedNames.set(value, name);
  }

  choose(problem: string, variants: readonly string[], preferred: string): string {
    const planned = this.#plan[problem];
    const taken = planned !== undefined && variants.includes(planned) ? planned : preferred;
    this.choices.set(problem, { variants, taken, node: this.current! });
    return taken;
  }

  /** A name with a number where it was given before. */
  #unique(name: string): string {
    const count = (this.#nodeNames.get(name) ?? 0) + 1;
    this.#nodeNames.set(name, count);
    return count === 1 ? name : `${name}.${count}`;
  }

  #constant(dtype: OnnxDType, shape: readonly number[], bytes: Uint8Array, key: string): string {
    let name = this.#constantNames.get(key);
    if (name === undefined) {
      name = this.addConstant(dtype, shape, bytes);
      this.#constantNames.set(key, name);
    }
    return name;
  }
}

function attributeOf(value: AttributeValue): OnnxAttribute {
  if (typeof value === "number") return { int: value };
  if (typeof value === "string") return { string: value };
  return Array.isArray(value) ? { ints: value } : (value as OnnxAttribute);
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
