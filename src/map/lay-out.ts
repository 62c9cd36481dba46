import { breathing } from "../core/breath.ts";
import type { StopSignal } from "../core/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import { descend } from "./descend.ts";
import { fuzzyGraph } from "./fuzzy-graph.ts";
import { principalStart } from "./principal-start.ts";

/** Where the making of a map is: `neighbours` counts pairs of images, `layout` epochs, `placing` new images. */
export interface MapProgress {
  readonly phase: "neighbours" | "layout" | "placing";
  readonly done: number;
  readonly total: number;
}

/** How the making of a map reports where it is, and how it is stopped. */
export interface MapEffort {
  /** Threads of the neighbour search; all cores by default. */
  readonly threads?: number | undefined;
  /** Aborts by throwing its reason; nothing is stored. */
  readonly signal?: StopSignal | undefined;
  /** Called as the work goes on. */
  readonly progress?: ((progress: MapProgress) => void) | undefined;
}

/** Nearest other images that each is joined with. */
export const NEIGHBOURS = 14;
/** Epochs of a small set and of a larger one, as UMAP has them. */
const EPOCHS = { small: 500, large: 200, limit: 10_000 } as const;

/**
 * Places rows [n, dim] of length 1 in the plane, [n, 2], near what is near by cosine: UMAP on exact neighbours, from principal
 * components. The same rows and seed give the same bytes, on any number of cores.
 */
export async function layOut(
  rows: Float32Array,
  dim: number,
  { seed, threads, signal, progress }: MapEffort & { readonly seed: number },
): Promise<Float32Array> {
  const n = rows.length / dim;
  const epochs = n > EPOCHS.limit ? EPOCHS.large : EPOCHS.small;
  const count = Math.min(NEIGHBOURS, Math.max(0, n - 1));
  if (count === 0) return new Float32Array(2 * n);
  const found = await nearestNeighbours({
    ...{ features: rows, dim, count, threads, signal },
    ...(progress && { progress: ({ done, total }) => progress({ phase: "neighbours", done, total }) }),
  });
  const breath = breathing(signal);
  const points = await principalStart(rows, dim, seed, breath);
  const afterEpoch = (done: number) => progress?.({ phase: "layout", done, total: epochs });
  await descend(points, await fuzzyGraph(n, found, breath), { seed, epochs, breath, afterEpoch });
  return Float32Array.from(points);
}
