import { type Shape, sizeOf } from "../../core/index.ts";
import type { ByteRanges } from "../../formats/index.ts";
import { type OnnxFileGraph, type OnnxFileNode, type OnnxFileTensor, readNumbers } from "../../formats/onnx/index.ts";
import type { FixedGraph } from "./plan.ts";

/** Numbers of a list of sizes, axes or places. */
const MOST_NUMBERS = 2 ** 14;

/** What a graph says of values that are no images: their shapes, short lists of constants, and which follow the images' size. */
export async function knownValues(
  ranges: ByteRanges,
  o: {
    readonly graph: OnnxFileGraph;
    readonly nodes: readonly OnnxFileNode[];
    readonly shapeOf: ReadonlyMap<string, Shape | undefined>;
    /** Whether the model takes images of one size alone. */
    readonly isSizeFixed: boolean;
  },
): Promise<Pick<FixedGraph, "shapeOf" | "intsOf" | "follows">> {
  const { graph, nodes } = o;
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const stored = new Map(graph.tensors.map((tensor) => [tensor.name, tensor]));
  const ints = new Map<string, readonly number[]>();
  for (const name of new Set(nodes.flatMap(({ inputs }) => inputs))) {
    const tensor = stored.get(name) ?? constantOf(makers.get(name));
    if (tensor && (tensor.type === "int64" || tensor.type === "int32") && sizeOf(tensor.shape) <= MOST_NUMBERS) {
      ints.set(name, [...(await readNumbers(ranges, tensor))]);
    }
  }
  return {
    intsOf: (name) => ints.get(name),
    shapeOf: (name) => o.shapeOf.get(name) ?? stored.get(name)?.shape,
    follows: o.isSizeFixed ? () => false : followers(makers, nodes),
  };
}

function constantOf(node: OnnxFileNode | undefined): OnnxFileTensor | undefined {
  const value = node?.op === "Constant" ? node.attributes.get("value") : undefined;
  return value && "tensor" in value ? value.tensor : undefined;
}

/** Whether a value is computed from one that images pass: from its shape alone, since it is none itself. */
function followers(
  makers: ReadonlyMap<string, OnnxFileNode>,
  nodes: readonly OnnxFileNode[],
): (name: string) => boolean {
  const onTheWay = new Set(nodes);
  const found = new Map<string, boolean>();
  return (start) => {
    const seen = new Set([start]);
    // A set that grows while it is walked visits what is added.
    for (const name of seen) {
      const maker = makers.get(name);
      if (found.get(name) || (maker && onTheWay.has(maker))) {
        found.set(start, true);
        return true;
      }
      if (found.get(name) === false) continue;
      for (const input of maker?.inputs ?? []) seen.add(input);
    }
    found.set(start, false);
    return false;
  };
}
