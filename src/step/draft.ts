import { Graph, ops } from "../engine/index.ts";
import { GraphState } from "./graph-state.ts";
import type { StepOptions } from "./options.ts";
import type { StateLayout } from "./state-layout.ts";

/** A graph that is being written, with what every part of it reads. */
export interface Draft {
  readonly graph: Graph;
  readonly state: GraphState;
  readonly options: StepOptions;
  readonly layout: StateLayout;
}

export function draftOf(options: StepOptions, layout: StateLayout): Draft {
  const graph = new Graph(ops);
  return { graph, state: new GraphState(graph, layout), options, layout };
}
