import type { Graph, Value } from "../graph/index.ts";

interface Scatter {
  readonly axis: number;
  /** Where along the axis of the result every entry of `rows` goes. */
  readonly indices: readonly number[];
  /** Length of the axis of the result. */
  readonly length: number;
}

/**
 * Adds entries up by index, zero where there is none. Entries with one index are added in pairs until each index has one
 * at most: in log2(most entries of an index) rounds, each with about half the entries of the one before. No round is larger
 * than the input by more than one entry an index. Standard operators alone: ScatterElements adds up from opset 16 on and has
 * no kernel on WebGPU.
 */
export function scatterSum(graph: Graph, rows: Value, { axis, indices, length }: Scatter): Value {
  let groups: number[][] = Array.from({ length }, () => []);
  for (const [i, index] of indices.entries()) groups[index]!.push(i);
  let entries = rows;
  while (groups.some((group) => group.length > 1)) {
    const nothing = entries.shape[axis]!;
    const [firsts, seconds]: [number[], number[]] = [[], []];
    groups = groups.map((group) =>
      Array.from({ length: Math.ceil(group.length / 2) }, (_, pair) => {
        firsts.push(group[2 * pair]!);
        return seconds.push(group[2 * pair + 1] ?? nothing) - 1;
      }),
    );
    const padded = withZero(graph, entries, axis, seconds.includes(nothing));
    const take = (at: number[]) => graph.op("gather", [padded], { axis, indices: at });
    entries = graph.op("add", [take(firsts), take(seconds)]);
  }
  const nothing = entries.shape[axis]!;
  const places = groups.map(([entry]) => entry ?? nothing);
  return graph.op("gather", [withZero(graph, entries, axis, places.includes(nothing))], { axis, indices: places });
}

/** A zero entry at the end of the axis, where one is wanted. */
const withZero = (graph: Graph, x: Value, axis: number, wanted: boolean): Value =>
  wanted ? graph.op("pad", [x], { axis, before: 0, after: 1 }) : x;
