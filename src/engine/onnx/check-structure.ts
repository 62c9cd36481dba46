import { fail } from "../../core/index.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";

/**
 * Checks what the ONNX standard asks of a graph: nodes in topological order (each input is a graph input, an initializer
 * or an output of an earlier node, so that there is no cycle), every name given once, every output produced, and an
 * operator set for every domain in use. ONNX Runtime itself asks less.
 * @throws MaskconError "engine" where a model breaks one of these rules, naming the first node or tensor that does.
 */
export function checkStructure(model: OnnxModel): void {
  const { nodes, initializers, inputs, outputs, values = [], opsets } = model;
  const defined = new Set<string>();
  const define = (name: string, by: string): void => {
    if (name === "") refuse(by, "names that are not empty", "an empty one");
    if (defined.has(name)) refuse(by, "tensor names given once", `a second "${name}"`);
    defined.add(name);
  };
  for (const { name } of inputs) define(name, "inputs");
  for (const { name } of initializers) define(name, "initializers");
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const nodeNames = new Set<string>();
  for (const node of nodes) {
    const where = `node "${node.name}"`;
    if (nodeNames.has(node.name)) refuse(where, "node names given once", "a second one");
    nodeNames.add(node.name);
    if (opsets[node.domain] === undefined) {
      refuse(where, "an operator set for its domain", node.domain === "" ? "none for ONNX's own" : node.domain);
    }
    for (const name of node.inputs) {
      if (name !== "" && !defined.has(name)) refuse(where, "inputs made before it", unmade(name, producers));
    }
    for (const name of node.outputs) if (name !== "") define(name, where);
  }
  for (const { name } of [...outputs, ...values]) {
    if (!defined.has(name)) refuse("outputs and values", "tensors that a node makes", `"${name}", which none makes`);
  }
}

function unmade(name: string, producers: ReadonlyMap<string, OnnxNode>): string {
  const producer = producers.get(name);
  return `"${name}", ${producer ? `which the later node "${producer.name}" makes` : "which nothing makes"}`;
}

function refuse(part: string, expected: string, found: string): never {
  fail("engine", { where: `ONNX model, ${part}`, expected, found });
}
