import {
  type Graph,
  inExecutionOrder,
  type Lowered,
  type Program,
  withFreeShapes,
  writeModel,
} from "../engine/index.ts";

/** A program that runs in the order in which its nodes were emitted; the graph's names say what it feeds, reads, writes and fetches. */
export function programOf(graph: Graph, { model, block }: Lowered): Program {
  const names = (values: Iterable<string>, prefix: string) =>
    [...values].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const feeds = [...graph.inputs].filter(([name]) => !name.startsWith("state."));
  return {
    model: writeModel(inExecutionOrder(block > 0 ? withFreeShapes(model) : model)),
    feeds: Object.fromEntries(feeds.map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    reads: names(graph.inputs.keys(), "state."),
    writes: names(graph.outputs.keys(), "next."),
    fetches: [...graph.outputs.keys()].filter((name) => !name.startsWith("next.")),
  };
}
