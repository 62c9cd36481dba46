import type { Shape } from "../../core/index.ts";
import type { OnnxFileNode } from "../../formats/onnx/index.ts";
import { type BatchPlace, firstAxis, samePlace } from "./batch-place.ts";
import { type Edit, type Outcome, outcomesOf } from "./rules.ts";

/** A graph whose batch is a number. */
export interface FixedGraph {
  /** Those that values pass (`valueNodes`). */
  readonly nodes: readonly OnnxFileNode[];
  readonly input: string;
  readonly output: string;
  readonly batch: number;
  readonly opset: number;
  shapeOf(name: string): Shape | undefined;
  /** The numbers of a short list of constants. */
  intsOf(name: string): readonly number[] | undefined;
  /** Whether a value may be another for images of another size. */
  follows(name: string): boolean;
}

/** Nodes that are looked at, over and over where a batch of 1 leaves a choice. */
const MOST_VISITS = 200_000;

/**
 * What must be another in a graph for any number of images: edits by node. Where several readings fit, as sizes of 1 say little,
 * the first is taken under which every node computes each image by itself.
 * @returns undefined where there is none
 */
export function planFreeBatch(graph: FixedGraph): ReadonlyMap<OnnxFileNode, readonly Edit[]> | undefined {
  const { nodes } = graph;
  const places = new Map<string, BatchPlace>([[graph.input, firstAxis]]);
  const taken: (readonly Edit[])[] = [];
  const open: { readonly at: number; readonly left: Outcome[] }[] = [];
  let visits = 0;
  for (let at = 0; at < nodes.length || !isFirst(places.get(graph.output)); ) {
    if (++visits > MOST_VISITS) return undefined;
    const node = nodes[at];
    const outcomes = node ? [...waysOf(graph, node, places)] : [];
    const choice = outcomes.length > 0 ? { at, left: outcomes } : open.pop();
    const outcome = choice?.left.shift();
    if (!choice || !outcome) return undefined;
    if (choice.left.length > 0) open.push(choice);
    for (const name of nodes[choice.at]!.outputs) places.set(name, outcome.place);
    taken[choice.at] = outcome.edits ?? [];
    at = choice.at + 1;
  }
  return new Map(nodes.map((node, i) => [node, taken[i]!] as const).filter(([, edits]) => edits.length > 0));
}

const isFirst = (place: BatchPlace | undefined): boolean => place !== undefined && samePlace(place, firstAxis);

function waysOf(graph: FixedGraph, node: OnnxFileNode, places: ReadonlyMap<string, BatchPlace>): readonly Outcome[] {
  const outputShape = graph.shapeOf(node.outputs[0] ?? "");
  if (!outputShape || node.domain !== "") return [];
  return outcomesOf({
    ...{ ...node, outputShape, batch: graph.batch, opset: graph.opset },
    places: node.inputs.map((name) => places.get(name)),
    shapes: node.inputs.map((name) => graph.shapeOf(name)),
    ints: (input) => graph.intsOf(node.inputs[input] ?? ""),
    follows: (input) => graph.follows(node.inputs[input] ?? ""),
  });
}
