import { type Graph, stateInput, stateOutput, type Value } from "../engine/index.ts";
import type { StateLayout } from "./state-layout.ts";
import type { FlatTensors } from "./training-store.ts";

/** The state in a graph: its inputs, and the values that replace them after the step. */
export class GraphState {
  readonly #graph: Graph;
  readonly #layout: StateLayout;

  constructor(graph: Graph, layout: StateLayout) {
    this.#graph = graph;
    this.#layout = layout;
  }

  /** A slot as it is before the step. */
  read(slot: string): Value {
    const { dtype, shape } = this.#layout.slots[slot]!;
    return this.#graph.inputs.get(stateInput(slot)) ?? this.#graph.input(stateInput(slot), dtype, shape);
  }

  /** What a slot holds after the step. */
  write(slot: string, value: Value): void {
    this.#graph.output(stateOutput(slot), value);
  }

  /** A vector as it is before the step, in its parts. */
  readVector(name: string): FlatTensors[] {
    return this.#layout.vectors[name]!.map(({ slot, layout }) => ({ layout, flat: this.read(slot) }));
  }

  /** What the parts of a vector hold after the step. */
  writeVector(name: string, parts: readonly Value[]): void {
    for (const [i, { slot }] of this.#layout.vectors[name]!.entries()) this.write(slot, parts[i]!);
  }
}
