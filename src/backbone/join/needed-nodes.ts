import { fail, firstFew } from "../../core/index.ts";
import type { GraphParts, NodePart } from "../../formats/onnx/index.ts";

export interface Needed {
  /** Each after those whose values it reads; in the file's order where that is one. */
  readonly nodes: readonly NodePart[];
  /** Of the values that they make and read. */
  readonly names: ReadonlySet<string>;
}

/**
 * The nodes that make one value.
 * @param inputs names of the graph's inputs
 * @throws MaskconError "weights" where the graph has circles, names that are given twice, or values that nothing makes
 */
export function neededNodes(file: string, graph: GraphParts, inputs: readonly string[], output: string): Needed {
  const makers = new Map<string, NodePart | undefined>();
  const define = (name: string, node?: NodePart): void => {
    if (makers.has(name)) refuse(file, "names that are given once", `a second ${shown(name)}`);
    makers.set(name, node);
  };
  for (const name of [...inputs, ...graph.tensors.map(({ name }) => name)]) define(name);
  for (const node of graph.nodes) for (const name of node.makes) define(name, node);

  const { marked, names } = reach(graph, makers, output);
  const unknown = [...names].filter((name) => !makers.has(name));
  if (unknown.length > 0) refuse(file, "values that a node makes", `${firstFew(unknown.map(shown))}, which none makes`);
  return { nodes: inOrder(file, graph.nodes, marked, makers), names };
}

type Makers = ReadonlyMap<string, NodePart | undefined>;

/** What an output needs, the scales and zero points that annotations name included. */
function reach({ annotations }: GraphParts, makers: Makers, output: string) {
  const annotated = new Map(annotations.map(({ name, needs }) => [name, needs]));
  const marked = new Set<NodePart>();
  const names = new Set([output]);
  // A set that grows while it is walked visits what is added.
  for (const name of names) {
    for (const other of annotated.get(name) ?? []) names.add(other);
    const node = makers.get(name);
    if (!node || marked.has(node)) continue;
    marked.add(node);
    for (const other of [...node.reads, ...node.makes]) names.add(other);
  }
  return { marked, names };
}

function inOrder(file: string, all: readonly NodePart[], marked: ReadonlySet<NodePart>, makers: Makers): NodePart[] {
  const ordered: NodePart[] = [];
  const states = new Map<NodePart, "open" | "done">();
  for (const node of all) {
    if (!marked.has(node)) continue;
    // An explicit stack: graphs are deep.
    const stack = [node];
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      if (states.get(top) !== undefined) {
        stack.pop();
        if (states.get(top) === "open") ordered.push(top);
        states.set(top, "done");
        continue;
      }
      states.set(top, "open");
      for (const name of top.reads) {
        const maker = makers.get(name);
        if (!maker || states.get(maker) === "done") continue;
        if (states.get(maker) === "open") refuse(file, "nodes without a circle", `one through ${shown(name)}`);
        stack.push(maker);
      }
    }
  }
  return ordered;
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100));

const refuse = (where: string, expected: string, found: string): never => fail("weights", { where, expected, found });
