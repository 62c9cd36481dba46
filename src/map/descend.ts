import type { Breath } from "../core/breath.ts";
import { random } from "../core/index.ts";
import type { FuzzyGraph } from "./fuzzy-graph.ts";

export interface DescentOptions {
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
 * Moves points [n, 2] in place, as UMAP does (McInnes et al. 2018, section 3.2): edges pull in proportion to their weight, points
 * drawn at random push, and the rate falls to 0. The kernel is 1 / (1 + d^2), that of t-SNE; UMAP's own with its two fitted
 * constants needs a power for each pair and gives nearly the same map (Böhm et al. 2022).
 */
export async function descend(points: Float64Array, graph: FuzzyGraph, o: DescentOptions): Promise<void> {
  const { starts, columns, weights } = graph;
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
        pull(points, 2 * i, 2 * columns[edge]!, rate);
        for (let count = 0; count < PUSHES; count++) push(points, 2 * i, 2 * rng.integer(n), rate);
      }
    }
    o.afterEpoch(epoch);
  }
}

const clipped = (step: number): number => Math.max(-MOST_STEP, Math.min(MOST_STEP, step));

/** Draws the points at `a` and `b` together. */
function pull(points: Float64Array, a: number, b: number, rate: number): void {
  const x = points[a]! - points[b]!;
  const y = points[a + 1]! - points[b + 1]!;
  const force = -2 / (1 + x * x + y * y);
  const right = rate * clipped(force * x);
  const up = rate * clipped(force * y);
  points[a]! += right;
  points[a + 1]! += up;
  points[b]! -= right;
  points[b + 1]! -= up;
}

/** Drives the point at `a` away from that at `b`. */
function push(points: Float64Array, a: number, b: number, rate: number): void {
  const x = points[a]! - points[b]!;
  const y = points[a + 1]! - points[b + 1]!;
  const distance = x * x + y * y;
  const force = 2 / ((SOFTENING + distance) * (1 + distance));
  points[a]! += rate * clipped(force * x);
  points[a + 1]! += rate * clipped(force * y);
}
