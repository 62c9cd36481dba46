import { sizeOf } from "../core/index.ts";
import type { OnnxFileGraph, OnnxFileNode } from "../formats/onnx/index.ts";
import { type WeightUses, weightUses } from "./weights.ts";

/** A place where a graph can be cut in two: everything after it is computed from this one tensor. */
export interface Cut {
  readonly tensor: string;
  /** Numbers of the initialisers that nodes after it use and nodes before it do not. */
  readonly parameters: number;
}

/** Operators whose output depends on a tensor's shape alone. */
const SHAPE_ONLY = new Set(["Shape", "Size"]);

/** A cut, and the last value node before it. */
export interface CutPlace extends Cut {
  readonly at: number;
}

/**
 * The cuts between a graph's input and an output, the last first: where only one tensor that depends on the input is still
 * needed. A block between two cuts has at least one matrix or kernel. So the blocks of a ResNet or a transformer come out: each
 * ends where its residual sum does.
 * Shape arithmetic depends on no values and is passed over, as ONNX Runtime folds it once sizes are fixed.
 */
export function cutsOf(graph: OnnxFileGraph, input: string, output: string): Cut[] {
  const nodes = valueNodes(graph, input, output);
  const places = cutPlaces(nodes, input, output, weightUses(graph, nodes));
  return places.map(({ tensor, parameters }) => ({ tensor, parameters }));
}

/** @param nodes those that values pass (`valueNodes`) */
export function cutPlaces(
  nodes: readonly OnnxFileNode[],
  input: string,
  output: string,
  weights: WeightUses,
): CutPlace[] {
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
  return withParameters(nodes, cuts, weights);
}

function withParameters(
  nodes: readonly OnnxFileNode[],
  cuts: readonly { tensor: string; at: number }[],
  weights: WeightUses,
): CutPlace[] {
  const seen = new Set<string>();
  const before: { parameters: number; matrices: number }[] = [];
  let [parameters, matrices] = [0, 0];
  for (const node of nodes) {
    for (const { tensor, isMatrix } of weights.of(node)) {
      if (seen.has(tensor.name)) continue;
      seen.add(tensor.name);
      parameters += sizeOf(tensor.shape);
      if (isMatrix && tensor.shape.length >= 2) matrices++;
    }
    before.push({ parameters, matrices });
  }
  const found: CutPlace[] = [];
  let known = 0;
  for (const { tensor, at } of [...cuts].reverse()) {
    const behind = matrices - before[at]!.matrices;
    // Of several places with as many weights behind them the last leaves the least to compute again.
    if (behind > known) found.push({ tensor, parameters: parameters - before[at]!.parameters, at });
    known = Math.max(known, behind);
  }
  return found;
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
