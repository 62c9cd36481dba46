import type { Graph, Node, OpName, Value } from "../../src/engine/index.ts";
import { arrayOps } from "./reference-arrays.ts";
import { elementwiseOps } from "./reference-elementwise.ts";
import { networkOps } from "./reference-network.ts";
import { transformerOps } from "./reference-transformer.ts";

/** A tensor of the reference: every dtype as float64, row-major. */
export interface Exact {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** How an op is computed from the definition, element by element, sharing nothing with the engine's rules. */
export type Evaluate<N extends OpName = OpName> = (
  inputs: readonly Exact[],
  attributes: Node<N>["attributes"],
) => Exact[];
export type Evaluators<Names extends OpName> = { readonly [N in Names]: Evaluate<N> };

const evaluators: Evaluators<OpName> = { ...elementwiseOps, ...arrayOps, ...networkOps, ...transformerOps };

/** Interprets a graph in float64: the values asked for, from feeds by input name. */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, Exact>>, wanted: readonly Value[]): Exact[] {
  const known = new Map<Value, Exact>();
  for (const [name, value] of graph.inputs) known.set(value, feeds[name]!);
  for (const [value, { shape, data }] of graph.constants) known.set(value, { shape, data: Float64Array.from(data) });
  const needed = ancestors(graph, wanted);
  for (const node of graph.nodes) {
    if (!needed.has(node)) continue;
    const run = evaluators[node.op] as Evaluate;
    const outputs = run(
      node.inputs.map((input) => known.get(input)!),
      node.attributes,
    );
    for (const [i, output] of node.outputs.entries()) known.set(output, outputs[i]!);
  }
  return wanted.map((value) => known.get(value)!);
}

function ancestors(graph: Graph, wanted: readonly Value[]): Set<Node> {
  const values = new Set(wanted);
  const nodes = new Set<Node>();
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((output) => values.has(output))) continue;
    nodes.add(node);
    for (const input of node.inputs) values.add(input);
  }
  return nodes;
}
