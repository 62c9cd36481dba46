/** Two nodes of a tree that become one. Nodes are the points, 0 to n - 1, then the merges in their order. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  /** Never below that of the nodes it joins. */
  readonly height: number;
  /** Points below. */
  readonly size: number;
}

/**
 * Ward's hierarchical clustering by nearest-neighbour chains (Murtagh 1983): the n - 1 merges, lowest first, with the heights
 * that SciPy gives. Time grows with n squared, memory with n.
 * @param points [n, dim]
 * @param weights [n]: how many points each stands for; default 1
 */
export function ward(points: Float64Array, dim: number, weights?: ArrayLike<number>): Merge[] {
  const n = points.length / dim;
  const centres = points.slice();
  const sizes = Float64Array.from({ length: n }, (_, i) => weights?.[i] ?? 1);
  const alive = Array.from({ length: n }, (_, i) => i);
  const heights = new Float64Array(n);
  const merged: { a: number; b: number; height: number }[] = [];
  const chain: number[] = [];
  const inChain = new Uint8Array(n);
  const extend = (cluster: number) => {
    chain.push(cluster);
    inChain[cluster] = 1;
  };
  while (merged.length < n - 1) {
    if (chain.length === 0) extend(alive[0]!);
    const top = chain.at(-1)!;
    const previous = chain.at(-2);
    const { nearest, distance } = nearestTo(top, previous, alive, inChain, { centres, sizes, dim });
    if (nearest !== previous) {
      extend(nearest);
      continue;
    }
    for (const cluster of chain.splice(-2)) inChain[cluster] = 0;
    const [a, b] = top < nearest ? [top, nearest] : [nearest, top];
    // Rounding may take a merge below one that it holds; sorted by height it would come before it.
    heights[a] = Math.max(Math.sqrt(2 * distance), heights[a]!, heights[b]!);
    merged.push({ a, b, height: heights[a]! });
    absorb(a, b, { centres, sizes, dim });
    alive.splice(alive.indexOf(b), 1);
  }
  return inOrder(merged, n, weights);
}

interface Clusters {
  readonly centres: Float64Array;
  readonly sizes: Float64Array;
  readonly dim: number;
}

/** What the sum of squares grows by when two clusters merge. */
function growth(a: number, b: number, { centres, sizes, dim }: Clusters): number {
  let sum = 0;
  for (let d = 0; d < dim; d++) sum += (centres[a * dim + d]! - centres[b * dim + d]!) ** 2;
  return (sum * sizes[a]! * sizes[b]!) / (sizes[a]! + sizes[b]!);
}

/**
 * The chain's previous cluster wins ties, so that chains end. Of the others in the chain none is nearer than it, but by
 * rounding: they are left out.
 */
function nearestTo(
  cluster: number,
  previous: number | undefined,
  alive: readonly number[],
  inChain: Uint8Array,
  clusters: Clusters,
) {
  let nearest = previous ?? -1;
  let distance = previous === undefined ? Number.POSITIVE_INFINITY : growth(cluster, previous, clusters);
  for (const other of alive) {
    if (inChain[other]) continue;
    const grown = growth(cluster, other, clusters);
    if (grown < distance) [nearest, distance] = [other, grown];
  }
  return { nearest, distance };
}

function absorb(a: number, b: number, { centres, sizes, dim }: Clusters): void {
  const size = sizes[a]! + sizes[b]!;
  for (let d = 0; d < dim; d++) {
    centres[a * dim + d] = (centres[a * dim + d]! * sizes[a]! + centres[b * dim + d]! * sizes[b]!) / size;
  }
  sizes[a] = size;
}

/**
 * Merges of chains sorted by height, of equal ones those first that were made first; each cluster's first point becomes the
 * node that holds it.
 */
function inOrder(merged: readonly { a: number; b: number; height: number }[], n: number, weights?: ArrayLike<number>) {
  const nodeOf = Array.from({ length: n }, (_, i) => i);
  const sizeOf = Array.from({ length: n }, (_, i) => weights?.[i] ?? 1);
  const order = merged.map((_, i) => i).sort((i, j) => merged[i]!.height - merged[j]!.height || i - j);
  return order.map((place, i): Merge => {
    const { a, b, height } = merged[place]!;
    const size = sizeOf[a]! + sizeOf[b]!;
    const merge = { left: nodeOf[a]!, right: nodeOf[b]!, height, size };
    nodeOf[a] = n + i;
    sizeOf[a] = size;
    return merge;
  });
}
