import type { Breath } from "../core/breath.ts";
import { random } from "../core/index.ts";
import type { FuzzyGraph } from "./fuzzy-graph.ts";

export interface DescentOptions {
  readonly axes: number;
  readonly seed: number;
  readonly epochs: number;
  readonly breath: Breath;
  readonly afterEpoch: (done: number) => void;
}

/** Points that push one away, each time that an edge pulls it. */
const PUSHES = 5;
/** The longest step along an axis, before the rate. */
const MOST_STEP = 4;
/** Points moved between two breaths. */
const STRETCH = 256;
/** Keeps the push of points that nearly coincide finite. */
const SOFTENING = 1e-3;

/**
 * Moves points [n, axes] in place, as UMAP does (McInnes et al. 2018, section 3.2): edges pull in proportion to their weight,
 * points drawn at random push, and the rate falls to 0. The kernel is 1 / (1 + d^2), that of t-SNE; UMAP's own with its two
 * fitted constants needs a power for each pair and gives nearly the same map (Böhm et al. 2022).
 */
export async function descend(points: Float64Array, graph: FuzzyGraph, o: DescentOptions): Promise<void> {
  const { starts, columns, weights } = graph;
  const { axes } = o;
  const n = starts.length - 1;
  if (n < 2) return;
  const rng = random(o.seed, 0x0a9);
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  /** Epochs from one pull of an edge to the next, and the epoch of the next. */
  const periods = weights.map((weight) => strongest / weight);
  const next = periods.slice();
  for (let epoch = 1; epoch <= o.epochs; epoch++) {
    const rate = 1 - (epoch - 1) / o.epochs;
    for (let i = 0; i < n; i++) {
      if (i % STRETCH === 0) await o.breath();
      for (let edge = starts[i]!; edge < starts[i + 1]!; edge++) {
        if (next[edge]! > epoch) continue;
        next[edge]! += periods[edge]!;
        pull(points, axes, axes * i, axes * columns[edge]!, rate);
        for (let count = 0; count < PUSHES; count++) push(points, axes, axes * i, axes * rng.integer(n), rate);
      }
    }
    o.afterEpoch(epoch);
  }
}

const clipped = (step: number): number => Math.max(-MOST_STEP, Math.min(MOST_STEP, step));

/** Draws the points at `a` and `b` together. */
function pull(points: Float64Array, axes: number, a: number, b: number, rate: number): void {
  const force = -2 / (1 + squaredDistance(points, axes, a, b));
  for (let d = 0; d < axes; d++) {
    const step = rate * clipped(force * (points[a + d]! - points[b + d]!));
    points[a + d]! += step;
    points[b + d]! -= step;
  }
}

/** Drives the point at `a` away from that at `b`. */
function push(points: Float64Array, axes: number, a: number, b: number, rate: number): void {
  const distance = squaredDistance(points, axes, a, b);
  const force = 2 / ((SOFTENING + distance) * (1 + distance));
  for (let d = 0; d < axes; d++) points[a + d]! += rate * clipped(force * (points[a + d]! - points[b + d]!));
}

function squaredDistance(points: Float64Array, axes: number, a: number, b: number): number {
  let sum = 0;
  for (let d = 0; d < axes; d++) {
    const difference = points[a + d]! - points[b + d]!;
    sum += difference * difference;
  }
  return sum;
}
