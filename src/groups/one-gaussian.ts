import { breathing } from "../core/breath.ts";
import type { Random } from "../core/index.ts";
import { createSimilarity, normalizeRows } from "../eval/index.ts";
import { THREADS } from "./neighbour-graph.ts";

/**
 * n rows of one Gaussian with the mean and covariance of `rows` [n, dim], scaled to length 1 as those are: the mean plus
 * random sums of the centred rows, divided by sqrt(n).
 */
export async function sampleOneGaussian(rows: Float32Array, dim: number, rng: Random): Promise<Float32Array> {
  const n = rows.length / dim;
  const mean = new Float64Array(dim);
  rows.forEach((value, i) => {
    mean[i % dim]! += value / n;
  });
  const columns = new Float32Array(dim * n);
  rows.forEach((value, i) => {
    columns[(i % dim) * n + Math.floor(i / dim)] = (value - mean[i % dim]!) / Math.sqrt(n);
  });
  const draws = new Float32Array(n * n);
  const breath = breathing();
  for (let start = 0; start < draws.length; start += n) {
    for (let i = start; i < start + n; i++) draws[i] = rng.normal();
    await breath();
  }
  const product = await createSimilarity(n, THREADS);
  try {
    const sample = await product.product(draws, columns);
    return normalizeRows(
      sample.map((value, i) => value + mean[i % dim]!),
      dim,
    );
  } finally {
    await product.close();
  }
}
