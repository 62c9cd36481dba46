import { sizeOf } from "../core/index.ts";
import type { OnnxFileGraph, OnnxFileNode, OnnxFileTensor } from "../formats/onnx/index.ts";

/** A place where a graph can be cut in two: everything after it is computed from this one tensor. */
export interface Cut {
  readonly tensor: string;
  /** Numbers of the initialisers that nodes after it use and nodes before it do not. */
  readonly parameters: number;
}

/** Operators between an initialiser and its use. */
const WEIGHT_ONLY = new Set(["Identity", "Transpose", "Reshape", "Cast", "Unsqueeze", "Squeeze"]);
const MAX_STEPS = 8;

/** Operators whose output depends on a tensor's shape alone. */
const SHAPE_ONLY = new Set(["Shape", "Size"]);

/**
 * The cuts between a graph's input and an output, the last first: where only one tensor that depends on the input is still
 * needed. A block between two cuts has at least one matrix or kernel. So the blocks of a ResNet or a transformer come out: each
 * ends where its residual sum does.
 * Shape arithmetic depends on no values and is passed over, as ONNX Runtime folds it once sizes are fixed.
 */
export function cutsOf(graph: OnnxFileGraph, input: string, output: string): Cut[] {
  const nodes = valueNodes(graph, input, output);
  const lastUse = new Map<string, number>();
  nodes.forEach(({ inputs }, at) => {
    for (const name of inputs) lastUse.set(name, at);
  });
  lastUse.set(output, nodes.length);
  const live = new Set([input]);
  const cuts: { tensor: string; at: number }[] = [];
  nodes.forEach(({ outputs }, at) => {
    for (const name of outputs) if (name !== "" && (lastUse.get(name) ?? -1) > at) live.add(name);
    for (const name of [...live]) if ((lastUse.get(name) ?? -1) <= at) live.delete(name);
    const [tensor, another] = live;
    if (tensor !== undefined && another === undefined && at < nodes.length - 1) cuts.push({ tensor, at });
  });
  return withParameters(nodes, cuts, weightsOf(graph));
}

function withParameters(
  nodes: readonly OnnxFileNode[],
  cuts: readonly { tensor: string; at: number }[],
  weights: (name: string) => readonly OnnxFileTensor[],
): Cut[] {
  const seen = new Set<string>();
  const before: { parameters: number; matrices: number }[] = [];
  let [parameters, matrices] = [0, 0];
  for (const { inputs } of nodes) {
    for (const { name, shape } of inputs.flatMap(weights)) {
      if (seen.has(name)) continue;
      seen.add(name);
      parameters += sizeOf(shape);
      if (shape.length >= 2) matrices++;
    }
    before.push({ parameters, matrices });
  }
  const found: Cut[] = [];
  let known = 0;
  for (const { tensor, at } of [...cuts].reverse()) {
    const behind = matrices - before[at]!.matrices;
    // Of several places with as many weights behind them the last leaves the least to compute again.
    if (behind > known) found.push({ tensor, parameters: parameters - before[at]!.parameters });
    known = Math.max(known, behind);
  }
  return found;
}

/** The initialisers that a tensor is made of: exporters put an Identity before one that is used twice, and transpose others. */
function weightsOf({ nodes, tensors }: OnnxFileGraph): (name: string) => readonly OnnxFileTensor[] {
  const stored = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const makers = new Map(nodes.map((node) => [node.outputs[0], node] as const));
  return (name) => {
    let at: string | undefined = name;
    // As many steps as a chain of nodes has at most: a file may hold a circle.
    for (let steps = 0; at !== undefined && steps < MAX_STEPS; steps++) {
      const tensor = stored.get(at);
      if (tensor) return [tensor];
      const maker = makers.get(at);
      at = maker && WEIGHT_ONLY.has(maker.op) ? maker.inputs[0] : undefined;
    }
    return [];
  };
}

/** The nodes that values pass on the way from an input to an output, each after those it reads. */
export function valueNodes({ nodes }: OnnxFileGraph, input: string, output: string): OnnxFileNode[] {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const reached = new Map<OnnxFileNode, boolean>();
  const ordered: OnnxFileNode[] = [];
  const depends = (name: string): boolean => name === input || reached.get(producers.get(name)!) === true;
  // An explicit stack: graphs are deep, and files may hold circles.
  const stack: { node: OnnxFileNode; done: boolean }[] = [];
  const visit = (name: string) => {
    const node = producers.get(name);
    if (node && !reached.has(node)) stack.push({ node, done: false });
  };
  visit(output);
  while (stack.length > 0) {
    const { node, done } = stack.pop()!;
    if (done) {
      const byValue = !SHAPE_ONLY.has(node.op) && node.inputs.some(depends);
      reached.set(node, byValue);
      if (byValue) ordered.push(node);
    } else if (!reached.has(node)) {
      reached.set(node, false);
      stack.push({ node, done: true });
      for (const name of node.inputs) visit(name);
    }
  }
  return ordered;
}
