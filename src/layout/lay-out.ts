import { breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import { descend } from "./descend.ts";
import { fuzzyGraph } from "./fuzzy-graph.ts";
import { principalStart } from "./principal-start.ts";

export interface LayoutOptions {
  /** Coordinates of each point. */
  readonly axes: number;
  /** Rounds of pulling and pushing. */
  readonly epochs: number;
  readonly seed: number;
  /** Threads of the neighbour search; all cores by default. */
  readonly threads?: number | undefined;
  /** Aborts by throwing its reason. */
  readonly signal?: StopSignal | undefined;
  /** Where the work is: `neighbours` counts pairs of rows, `layout` epochs. */
  readonly progress?:
    | ((progress: { readonly phase: "neighbours" | "layout"; readonly done: number; readonly total: number }) => void)
    | undefined;
}

/** Nearest other rows that each is joined with. */
export const NEIGHBOURS = 14;

/**
 * Places rows [n, dim] of length 1 in a space of a few axes, [n, axes], near what is near by cosine: UMAP on exact neighbours,
 * from principal components. The same rows and seed give the same bytes, on any number of cores.
 */
export async function layOut(rows: Float32Array, dim: number, o: LayoutOptions): Promise<Float32Array> {
  const { axes, epochs, seed, threads, signal, progress } = o;
  const n = rows.length / dim;
  const count = Math.min(NEIGHBOURS, Math.max(0, n - 1));
  if (count === 0) return new Float32Array(axes * n);
  const found = await nearestNeighbours({
    ...{ features: rows, dim, count, threads, signal },
    ...(progress && { progress: ({ done, total }) => progress({ phase: "neighbours", done, total }) }),
  });
  const breath = breathing(signal);
  const points = await principalStart(rows, dim, { axes, seed, breath });
  const afterEpoch = (done: number) => progress?.({ phase: "layout", done, total: epochs });
  await descend(points, await fuzzyGraph(n, found, breath), { axes, seed, epochs, breath, afterEpoch });
  return Float32Array.from(points);
}
