import { fail } from "../../core/index.ts";
import type { Graph, Node, OpName, Value } from "../graph/index.ts";
import { type OpDefinition, ops } from "../ops/index.ts";

/**
 * Reverse-mode differentiation: adds the nodes that compute d(loss)/d(value) for every value in `wrt` and returns them in
 * that order (zeros where the loss does not depend on a value). Nodes are added last layer first, the order that lets
 * activations be freed soonest.
 * @throws MaskconError "engine" where the loss is no scalar or depends on `wrt` through an op without a gradient.
 */
export function gradients(graph: Graph, loss: Value, wrt: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) fail("engine", { expected: "a scalar loss", found: `rank ${loss.shape.length}` });
  const path = dependents(graph.nodes, wrt);
  const gradient = new Map<Value, Value>([[loss, graph.scalar(1)]]);
  for (const node of [...graph.nodes].reverse()) {
    const outputGradients = node.outputs.map((output) => gradient.get(output));
    if (outputGradients.every((g) => g === undefined)) continue;
    const wanted = node.inputs.map((input) => path.has(input));
    if (!wanted.some(Boolean)) continue;
    const inputGradients = graph.scoped(`gradient/${node.scope}`, () => backward(graph, node, outputGradients, wanted));
    for (const [i, input] of node.inputs.entries()) {
      const g = inputGradients[i];
      if (g === undefined || !wanted[i]) continue;
      const sum = gradient.get(input);
      gradient.set(input, sum ? graph.op("add", [sum, g]) : g);
    }
  }
  return wrt.map((value) => gradient.get(value) ?? graph.op("expand", [graph.scalar(0)], { shape: value.shape }));
}

function backward<N extends OpName>(
  graph: Graph,
  node: Node<N>,
  outputGradients: readonly (Value | undefined)[],
  wanted: readonly boolean[],
): readonly (Value | undefined)[] {
  const rule = (ops[node.op] as unknown as OpDefinition<N>).gradient;
  if (!rule) fail("engine", { where: node.scope, expected: "differentiable ops before the loss", found: node.op });
  return rule(graph, node, outputGradients, wanted);
}

/** The values `of` and all that are computed from them. */
function dependents(nodes: readonly Node[], of: readonly Value[]): Set<Value> {
  const reached = new Set(of);
  for (const node of nodes) {
    if (node.inputs.some((input) => reached.has(input))) for (const output of node.outputs) reached.add(output);
  }
  return reached;
}
