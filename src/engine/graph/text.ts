import { showShape } from "../../core/index.ts";
import type { Graph, Value, ValueType } from "./graph.ts";

/** The printed form of a graph: one line a node, every value with dtype and shape. */
export function printGraph(graph: Graph): string {
  const lines: string[] = [];
  const names = new Map<Value, string>();
  for (const [name, value] of graph.inputs) {
    names.set(value, `$${name}`);
    lines.push(`input $${name}: ${showType(value)}`);
  }
  let next = 0;
  const nameOf = (value: Value): string => {
    const constant = graph.constants.get(value);
    if (constant && constant.data.length === 1) return String(constant.data[0]);
    if (!names.has(value)) names.set(value, constant ? `const ${showType(value)}` : `%${next++}`);
    return names.get(value)!;
  };
  for (const node of graph.nodes) {
    const inputs = node.inputs.map(nameOf).join(", ");
    const outputs = node.outputs.map((value) => `${nameOf(value)}: ${showType(value)}`).join(", ");
    const attributes = Object.entries(node.attributes).map(([key, value]) => `${key}=${showAttribute(value)}`);
    const tail = [attributes.length ? ` {${attributes.join(", ")}}` : "", node.scope ? `  # ${node.scope}` : ""];
    lines.push(`${outputs} = ${node.op}(${inputs})${tail.join("")}`);
  }
  for (const [name, value] of graph.outputs) lines.push(`output ${name} = ${nameOf(value)}`);
  return `${lines.join("\n")}\n`;
}

const showType = (type: ValueType): string => `${type.dtype}${showShape(type.shape)}`;

const showAttribute = (value: unknown): string => (Array.isArray(value) ? showShape(value) : String(value));
