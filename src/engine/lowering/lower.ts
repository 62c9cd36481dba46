import type { Graph, Node, OpName, Value } from "../graph/index.ts";
import { type OnnxModel, type OnnxNode, type OnnxValue, writeModel } from "../onnx/index.ts";
import { type OpDefinition, ops } from "../ops/index.ts";
import { bytesOf, GraphEmitter, type KernelChoice, type KernelPlan } from "./emitter.ts";

export interface LoweringOptions {
  /** Channels in a block of the CPU's blocked layout (16 or 8); 0 lowers to standard ONNX operators only. */
  readonly block: number;
  readonly plan?: KernelPlan;
  /** Free dimensions of inputs and outputs by name, for exported models: `{ images: ["batch", 3, 32, 32] }`. */
  readonly freeShapes?: Readonly<Record<string, readonly (number | string)[]>>;
}

export interface Lowered {
  readonly model: OnnxModel;
  /** Ops that kept the standard lowering although blocks were allowed, each with the reason. */
  readonly refusals: readonly string[];
  /** Problems for which there is more than one kernel, with the one taken. */
  readonly choices: ReadonlyMap<string, KernelChoice>;
}

/** The newest operator set whose kernels every provider has: later ones fall back to the CPU on WebGPU. */
const opset = 17;

/** Writes a graph as ONNX nodes: standard ones, or the CPU's blocked and fused ones where an op has such a rule. */
export function lower(graph: Graph, { block, plan = {}, freeShapes = {} }: LoweringOptions): Lowered {
  const emit = new GraphEmitter(block, plan);
  const refusals: string[] = [];
  for (const [name, value] of graph.inputs) emit.bind(value, name);
  const live = liveNodes(graph);
  const read = new Set([...live.flatMap((node) => node.inputs), ...graph.outputs.values()]);
  for (const [value, tensor] of graph.constants) {
    if (!read.has(value)) continue;
    emit.bind(value, emit.addConstant(tensor.dtype, tensor.shape, bytesOf(tensor.data)));
  }
  for (const node of live) {
    emit.scope = `${node.scope}/${node.op}`;
    emit.current = node;
    lowerNode(emit, node, refusals);
  }
  emit.scope = "output";
  const taken = new Set<string>();
  for (const [name, value] of graph.outputs) rename(emit, value, name, taken);

  const shapeOf = (name: string, value: Value): OnnxValue => ({
    name,
    dtype: value.dtype,
    shape: freeShapes[name] ?? value.shape,
  });
  const model: OnnxModel = {
    nodes: inExecutionOrder(withoutDead(emit.written, new Set(graph.outputs.keys()))),
    initializers: emit.constants,
    inputs: [...graph.inputs].map(([name, value]) => shapeOf(name, value)),
    outputs: [...graph.outputs].map(([name, value]) => shapeOf(name, value)),
    opsets: block > 0 ? { "": opset, "com.microsoft": 1, "com.microsoft.nchwc": 1 } : { "": opset },
  };
  return { model, refusals, choices: emit.choices };
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

/** An output is an Identity of its own: two outputs may be one value, or an input. */
function rename(emit: GraphEmitter, value: Value, name: string, taken: Set<string>): void {
  const source = emit.plain(value);
  const producer = emit.written.findIndex((node) => node.outputs.includes(source));
  const usedElsewhere = taken.has(source) || producer < 0 || emit.written.some((node) => node.inputs.includes(source));
  taken.add(name);
  const node = emit.written[producer];
  if (!usedElsewhere && node) {
    emit.written[producer] = { ...node, outputs: node.outputs.map((output) => (output === source ? name : output)) };
    emit.bind(value, name);
    return;
  }
  const [copy] = emit.nodes("Identity", [source], {}, 1);
  const last = emit.written.pop()!;
  emit.written.push({ ...last, outputs: last.outputs.map((output) => (output === copy ? name : output)) });
}

/** Rules may prepare what the kernel they choose does not read; ONNX Runtime would compute it all the same. */
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

/**
 * ONNX Runtime does not run nodes in file order: it starts from the sink that stands last in the file and, within a node,
 * from the input whose producer stands last. Written backwards, the file runs in the order the nodes were emitted, provided
 * that a view of a tensor counts as the tensor: it stands where the tensor is made, not where it is wanted.
 */
function inExecutionOrder(nodes: readonly OnnxNode[]): OnnxNode[] {
  const views = new Map<string, OnnxNode[]>();
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const isView = ({ op, inputs }: OnnxNode) => op === "Reshape" && made.has(inputs[0]!);
  for (const node of nodes) {
    if (isView(node)) views.set(node.inputs[0]!, [...(views.get(node.inputs[0]!) ?? []), node]);
  }
  const withViews = (node: OnnxNode): OnnxNode[] => [
    node,
    ...node.outputs.flatMap((output) => (views.get(output) ?? []).flatMap(withViews)),
  ];
  return nodes
    .filter((node) => !isView(node))
    .flatMap(withViews)
    .reverse();
}
