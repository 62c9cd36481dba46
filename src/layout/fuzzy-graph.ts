import type { Breath } from "../core/breath.ts";

/** A weighted graph of near neighbours, in compressed rows; every edge is there from both of its ends. */
export interface FuzzyGraph {
  /** [n + 1]: where each point's edges start. */
  readonly starts: Int32Array;
  /** [edges] */
  readonly columns: Int32Array;
  /** [edges], above 0 and up to 1. */
  readonly weights: Float64Array;
}

/** Lists of the nearest other points, the nearest first. */
export interface NeighbourLists {
  /** Places in each list. */
  readonly count: number;
  /** [lists, count] */
  readonly rows: ArrayLike<number>;
  /** [lists, count], cosines. */
  readonly similarities: ArrayLike<number>;
}

const HALVINGS = 64;
/** Below this distance two points are one: float32 cosines are off by some 1e-7. */
const SAME_PLACE = 1e-6;
/** Edges sorted in between two breaths. */
const STRETCH = 1024;
/** The least width of a kernel, as a share of the mean distance: neighbours that are all equally far have none. */
const LEAST_WIDTH = 1e-3;

/**
 * The fuzzy simplicial set of UMAP (McInnes et al. 2018, section 3.1) on the distance 1 - cosine: a point belongs to its
 * neighbour's surroundings by `memberships`; two points are joined by a + b - ab of both memberships.
 */
export async function fuzzyGraph(
  n: number,
  { count, rows, similarities }: NeighbourLists,
  breath: Breath,
): Promise<FuzzyGraph> {
  const own = new Float64Array(n * count);
  for (let i = 0; i < n; i++) {
    memberships(similarities, i * count, count, own);
    await breath();
  }
  /** The membership of `from`'s neighbour `to`; 0 where it is none. */
  const membership = (from: number, to: number): number => {
    for (let place = from * count; place < (from + 1) * count; place++) if (rows[place] === to) return own[place]!;
    return 0;
  };
  const [heads, tails, joined] = [[] as number[], [] as number[], [] as number[]];
  for (let i = 0; i < n; i++) {
    for (let place = i * count; place < (i + 1) * count; place++) {
      const j = rows[place]!;
      const [a, b] = [own[place]!, membership(j, i)];
      // An edge that both have in their lists is met twice.
      if (a + b === 0 || (b > 0 && j < i)) continue;
      heads.push(i);
      tails.push(j);
      joined.push(a + b - a * b);
    }
    await breath();
  }
  return compressed(n, { heads, tails, joined }, breath);
}

/**
 * Writes how much each of the `count` similarities from `start` on counts, into the same places of `out`: 1 for the nearest,
 * falling as exp(-(distance - nearest) / width), with the width at which they sum to log2(count + 1).
 */
export function memberships(similarities: ArrayLike<number>, start: number, count: number, out: Float64Array): void {
  const distance = (place: number) => Math.max(0, 1 - similarities[start + place]!);
  let [nearest, mean] = [0, 0];
  for (let place = 0; place < count; place++) {
    mean += distance(place) / count;
    // Copies of an image lie at 0, but for rounding; the next image is its nearest.
    if (nearest <= SAME_PLACE) nearest = distance(place);
  }
  const target = Math.log2(count + 1);
  let [low, width, high] = [0, 1, Number.POSITIVE_INFINITY];
  for (let halving = 0; halving < HALVINGS; halving++) {
    let sum = 0;
    for (let place = 0; place < count; place++) sum += Math.exp(-Math.max(0, distance(place) - nearest) / width);
    if (sum > target) high = width;
    else low = width;
    width = high === Number.POSITIVE_INFINITY ? 2 * width : (low + high) / 2;
  }
  width = Math.max(width, LEAST_WIDTH * mean, Number.MIN_VALUE);
  for (let place = 0; place < count; place++) {
    out[start + place] = Math.exp(-Math.max(0, distance(place) - nearest) / width);
  }
}

interface Edges {
  readonly heads: readonly number[];
  readonly tails: readonly number[];
  readonly joined: readonly number[];
}

async function compressed(n: number, { heads, tails, joined }: Edges, breath: Breath): Promise<FuzzyGraph> {
  const starts = new Int32Array(n + 1);
  for (const ends of [heads, tails]) for (const end of ends) starts[end + 1]!++;
  for (let i = 0; i < n; i++) starts[i + 1]! += starts[i]!;
  const next = starts.slice();
  const columns = new Int32Array(starts[n]!);
  const weights = new Float64Array(starts[n]!);
  const join = (from: number, to: number, weight: number) => {
    const place = next[from]!++;
    columns[place] = to;
    weights[place] = weight;
  };
  for (let edge = 0; edge < heads.length; edge++) {
    if (edge % STRETCH === 0) await breath();
    const [head, tail] = [heads[edge]!, tails[edge]!];
    join(head, tail, joined[edge]!);
    join(tail, head, joined[edge]!);
  }
  return { starts, columns, weights };
}
