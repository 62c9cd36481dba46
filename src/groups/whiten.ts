import type { StopSignal } from "../core/index.ts";
import { createSimilarity, normalizeManyRows } from "../eval/index.ts";
import { principalAxesAside, whiteningAlong } from "../features/index.ts";
import { THREADS } from "./neighbour-graph.ts";

const MOST_AXES = 256;
const SHRINKAGE = 1;
/** Rows of every product: a row has the same bits wherever it stands. */
const HEIGHT = 512;

export interface Whitened {
  /** [n, dim] of length 1; rows of zeros where nothing varies. */
  readonly rows: Float32Array;
  readonly dim: number;
}

/**
 * Whitened features of all images at length 1. Inside a coarse class the directions of most variance are often those of
 * light and background; whitening by all images, other classes among them, makes the others count.
 */
export async function whitenRows(features: Float32Array, dim: number, signal?: StopSignal): Promise<Whitened> {
  const n = features.length / dim;
  if (n === 0) return { rows: features, dim };
  const principal = await principalAxesAside({ features, dim, most: MOST_AXES }, signal);
  const width = principal.axes.length;
  if (width === 0) return { rows: new Float32Array(n), dim: 1 };
  const { mean, weight } = whiteningAlong(principal, SHRINKAGE);
  const rows = new Float32Array(n * width);
  const product = await createSimilarity(dim, THREADS);
  try {
    const centred = new Float32Array(HEIGHT * dim);
    for (let start = 0; start < n; start += HEIGHT) {
      signal?.throwIfAborted();
      const height = Math.min(HEIGHT, n - start);
      centred.fill(0);
      for (let i = 0; i < height * dim; i++) centred[i] = features[start * dim + i]! - mean[i % dim]!;
      const values = await product.product(centred, weight);
      rows.set(values.subarray(0, height * width), start * width);
    }
  } finally {
    await product.close();
  }
  return { rows: await normalizeManyRows(rows, width), dim: width };
}
