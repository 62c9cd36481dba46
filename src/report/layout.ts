import { breathing } from "../core/breath.ts";
import { gatherRows, permutation, random } from "../core/index.ts";
import { nearestNeighbours, normalizeRows } from "../eval/index.ts";
import type { Features } from "../run/index.ts";
import { principalPlane } from "./principal-plane.ts";

export interface Layout {
  /** Which images were drawn, ascending. */
  readonly indices: readonly number[];
  /** [n, 2] flat, both in [0, 1], one scale for both. */
  readonly positions: Float32Array;
}

interface LayoutOptions {
  readonly most: number;
  readonly seed: number;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after every round of UMAP. */
  readonly progress?: (done: number, total: number) => void;
}

export const LEAST_POINTS = 6;

/**
 * Places images in the plane by UMAP (McInnes et al., 2018) on their features normalised to length 1: exact 15 nearest
 * neighbours by cosine, first positions from the two principal directions, everything else from `seed`. At most `most`
 * images, drawn at random by `seed`. Needs `LEAST_POINTS` of them.
 */
export async function layout(all: Features, o: LayoutOptions): Promise<Layout> {
  // It takes a while to load and is of no use without a map.
  const { UMAP } = await import("umap-js");
  const { dim } = all;
  const indices = [...permutation(all.features.length / dim, random(o.seed)).slice(0, o.most)].sort((a, b) => a - b);
  const rows = normalizeRows(gatherRows(all.features, dim, indices), dim);
  const nNeighbors = Math.min(15, indices.length - 1);
  const stream = random(o.seed, 0x0a9);
  const umap = new UMAP({ nNeighbors, minDist: 0.12, random: () => stream.uniform() });
  const { neighbours, distances } = await exactNeighbours(rows, dim, nNeighbors, o);
  umap.setPrecomputedKNN(neighbours, distances);
  const epochs = umap.initializeFit(indices.map((_, i) => [...rows.subarray(i * dim, (i + 1) * dim)]));
  // The library moves the very rows it hands out. Its own start is random; this one keeps apart what is far apart.
  const embedding = umap.getEmbedding();
  principalPlane(rows, dim, o.seed).forEach((place, i) => void Object.assign(embedding[i]!, place));
  const breath = breathing(o.signal);
  for (let epoch = 0; epoch < epochs; epoch++) {
    umap.step();
    o.progress?.(epoch + 1, epochs);
    await breath();
  }
  return { indices, positions: fitted(embedding) };
}

/** Each row's `count` nearest rows, itself first, with 1 - cosine as the distance. */
async function exactNeighbours(features: Float32Array, dim: number, count: number, o: LayoutOptions) {
  const { threads, signal } = o;
  const others = count - 1;
  const { rows, similarities } = await nearestNeighbours({ features, dim, count: others, threads, signal });
  const each = Array.from({ length: features.length / dim }, (_, i) => i);
  const of = (list: Int32Array | Float32Array, i: number) => [...list.subarray(i * others, (i + 1) * others)];
  return {
    neighbours: each.map((i) => [i, ...of(rows, i)]),
    distances: each.map((i) => [0, ...of(similarities, i).map((similarity) => Math.max(0, 1 - similarity))]),
  };
}

function fitted(embedding: readonly (readonly number[])[]): Float32Array {
  const range = (axis: number) => {
    const values = Float64Array.from(embedding, (place) => place[axis]!).sort();
    return [values[0]!, values.at(-1)!] as const;
  };
  const [[left, right], [top, bottom]] = [range(0), range(1)];
  const scale = 1 / (Math.max(right - left, bottom - top) || 1);
  return Float32Array.from(embedding.flatMap(([x, y]) => [(x! - left) * scale, (y! - top) * scale]));
}
