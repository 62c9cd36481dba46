import { type Graph, type Lowered, type Program, writeModel } from "../engine/index.ts";

/** Reads a program's feeds, state and fetches off its graph's names. */
export function programOf(graph: Graph, { model }: Lowered): Program {
  const names = (values: Iterable<string>, prefix: string) =>
    [...values].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const feeds = [...graph.inputs].filter(([name]) => !name.startsWith("state."));
  return {
    model: writeModel(model),
    feeds: Object.fromEntries(feeds.map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    reads: names(graph.inputs.keys(), "state."),
    writes: names(graph.outputs.keys(), "next."),
    fetches: [...graph.outputs.keys()].filter((name) => !name.startsWith("next.")),
  };
}
