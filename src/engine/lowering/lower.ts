import type { Graph, Node, OpName, Value } from "../graph/index.ts";
import { type OnnxModel, type OnnxNode, type OnnxValue, writeModel } from "../onnx/index.ts";
import { type OpDefinition, ops } from "../ops/index.ts";
import { bytesOf, GraphEmitter, type KernelChoice, type KernelPlan } from "./emitter.ts";
import { fuse } from "./fuse.ts";

interface LoweringOptions {
  /** Channels in a block of the CPU's blocked layout (16 or 8); 0 lowers to standard ONNX operators only. */
  readonly block: number;
  readonly plan?: KernelPlan;
  /** Version of ONNX's operator set, 13 to 17: the rules write only what these share. */
  readonly opset?: number;
  /** Lists the tensors between inputs and outputs with their shapes. */
  readonly listValues?: boolean;
}

export interface Lowered {
  readonly model: OnnxModel;
  /** As it was asked for. */
  readonly block: number;
  /** Ops that kept the standard lowering although blocks were allowed, each with the reason. */
  readonly refusals: readonly string[];
  /** Computations for which there is more than one kernel, with the one that was chosen. */
  readonly choices: ReadonlyMap<string, KernelChoice>;
}

/** The newest operator set whose kernels every provider has: later ones fall back to the CPU on WebGPU. */
const NEWEST_OPSET = 17;

/**
 * Writes a graph as ONNX nodes, in topological order: standard ones, or the CPU's blocked and fused ones where an op has
 * such a rule. A model that ONNX Runtime is to run in this order goes through `inExecutionOrder`.
 */
export function lower(graph: Graph, options: LoweringOptions): Lowered {
  const { block, plan = {}, opset = NEWEST_OPSET, listValues = false } = options;
  const emit = new GraphEmitter(block, plan);
  const refusals: string[] = [];
  for (const [name, value] of graph.inputs) emit.bind(value, name);
  const live = liveNodes(graph);
  bindConstants(emit, graph, live);
  const isReadOnce = readOnce(graph, live);
  for (const node of live) {
    emit.scope = node.scope === "" ? node.op : `${node.scope}/${node.op}`;
    emit.current = node;
    if (!fuse(emit, node, isReadOnce)) lowerNode(emit, node, refusals);
  }
  emit.scope = "output";
  const taken = new Set<string>();
  for (const [name, value] of graph.outputs) rename(emit, value, name, taken);

  const typeOf = ([name, { dtype, shape }]: readonly [string, Value]): OnnxValue => ({ name, dtype, shape });
  const nodes = withoutDead(emit.written, new Set(graph.outputs.keys()));
  const model: OnnxModel = {
    nodes,
    initializers: emit.constants,
    inputs: [...graph.inputs].map(typeOf),
    outputs: [...graph.outputs].map(typeOf),
    opsets: block > 0 ? { "": opset, "com.microsoft": 1, "com.microsoft.nchwc": 1 } : { "": opset },
    ...(listValues ? { values: between(emit, graph, nodes).map(typeOf) } : {}),
  };
  return { model, block, refusals, choices: emit.choices };
}

/** Constants that a node or an output reads, by their own names or after their first reader. */
function bindConstants(emit: GraphEmitter, graph: Graph, live: readonly Node[]): void {
  const readers = new Map([...graph.outputs.values()].map((value) => [value, "output"]));
  for (const { inputs, scope, op } of [...live].reverse()) {
    for (const value of inputs) readers.set(value, scope || op);
  }
  for (const [value, { dtype, shape, data, name }] of graph.constants) {
    const reader = readers.get(value);
    if (reader === undefined) continue;
    emit.scope = reader;
    emit.bind(value, emit.addConstant(dtype, shape, bytesOf(data), name));
  }
}

/** Values that nodes compute and that are no outputs, by the names of their tensors. */
function between(emit: GraphEmitter, graph: Graph, nodes: readonly OnnxNode[]): [string, Value][] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  return [...emit.plainNames]
    .map(([value, name]): [string, Value] => [name, value])
    .filter(([name]) => made.has(name) && !graph.outputs.has(name));
}

/** `lower`, serialised. */
export function lowerToBytes(graph: Graph, options: LoweringOptions): Uint8Array {
  return writeModel(lower(graph, options).model);
}

function lowerNode<N extends OpName>(emit: GraphEmitter, node: Node<N>, refusals: string[]): void {
  const definition = ops[node.op] as unknown as OpDefinition<N>;
  if (emit.block > 0 && definition.lowerBlocked) {
    const refusal = definition.lowerBlocked(emit, node);
    if (refusal === undefined) return;
    refusals.push(`${node.scope}/${node.op}: ${refusal}`);
  }
  definition.lower(emit, node);
}

/** Whether a value has one reader among nodes and outputs. */
function readOnce(graph: Graph, live: readonly Node[]): (value: Value) => boolean {
  const readers = new Map<Value, number>();
  for (const value of [...live.flatMap(({ inputs }) => inputs), ...graph.outputs.values()]) {
    readers.set(value, (readers.get(value) ?? 0) + 1);
  }
  return (value) => readers.get(value) === 1;
}

/** Nodes that some output needs, in the graph's order. */
function liveNodes(graph: Graph): Node[] {
  const needed = new Set<Value>(graph.outputs.values());
  const live: Node[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    live.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return live.reverse();
}

/** Gives an output's tensor the output's name; a copy where that is a graph input, a constant or another output. */
function rename(emit: GraphEmitter, value: Value, name: string, taken: Set<string>): void {
  const source = emit.plain(value);
  const isMade = !taken.has(source) && emit.written.some(({ outputs }) => outputs.includes(source));
  const tensor = isMade ? source : emit.node("Identity", [source]);
  taken.add(name);
  emit.renameTensor(tensor, name);
}

/** A rule may write nodes that the kernel it chooses does not read; ONNX Runtime would compute them all the same. */
function withoutDead(nodes: readonly OnnxNode[], outputs: ReadonlySet<string>): OnnxNode[] {
  const needed = new Set(outputs);
  const live: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((output) => needed.has(output))) continue;
    live.push(node);
    for (const input of node.inputs) needed.add(input);
  }
  return live.reverse();
}
