import { type Graph, stateInput, stateOutput, type Value } from "../engine/index.ts";
import type { StateLayout } from "./state-layout.ts";

/** The state in a graph: its inputs, and the values that replace them after the step. */
export class GraphState {
  readonly #graph: Graph;
  readonly #slots: StateLayout["slots"];

  constructor(graph: Graph, { slots }: StateLayout) {
    this.#graph = graph;
    this.#slots = slots;
  }

  /** A slot as it is before the step. */
  read(slot: string): Value {
    const { dtype, shape } = this.#slots[slot]!;
    return this.#graph.inputs.get(stateInput(slot)) ?? this.#graph.input(stateInput(slot), dtype, shape);
  }

  /** What a slot holds after the step. */
  write(slot: string, value: Value): void {
    this.#graph.output(stateOutput(slot), value);
  }
}
