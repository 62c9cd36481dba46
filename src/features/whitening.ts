import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/** w = weight (x - mean): features of mean 0 and without correlation, whose variances are near one another. */
export interface Whitening {
  /** [F] */
  readonly mean: Float32Array;
  /** [P, F]: the principal axes of the most variance, each with its scale. */
  readonly weight: Float32Array;
  /** P */
  readonly width: number;
}

/** More images say no more about a covariance. */
const MOST_IMAGES = 16_384;
/** Axes of less variance than this share of the largest are noise that whitening would blow up. */
const LEAST_VARIANCE = 1e-6;

/**
 * The whitening of features [n, F] to at most `most` axes; fewer where the features vary along fewer. An axis of variance v
 * is divided by sqrt(v + m), m the mean variance of a feature: full whitening (m = 0) blows up axes that hold noise. All are
 * then scaled to a mean variance of 1.
 * Sources: PCA whitening (Jegou and Chum 2012); shrinkage to the mean variance (Ledoit and Wolf 2004).
 */
export function whiteningOf(features: Float32Array, dim: number, most: number): Whitening {
  const rows = spread(features.length / dim);
  const mean = meanOf(features, dim, rows);
  const { realEigenvalues: variances, eigenvectorMatrix: axes } = new EigenvalueDecomposition(
    covarianceOf(features, mean, rows),
    { assumeSymmetric: true },
  );
  const order = variances.map((_, i) => i).sort((a, b) => variances[b]! - variances[a]!);
  const least = LEAST_VARIANCE * (variances[order[0]!] ?? 0);
  const kept = order.slice(0, most).filter((axis) => variances[axis]! > least);
  const shrunk = variances.reduce((sum, variance) => sum + variance, 0) / dim;
  const after = kept.map((axis) => variances[axis]! / (variances[axis]! + shrunk));
  const scale = Math.sqrt(kept.length / after.reduce((sum, variance) => sum + variance, 0));
  const weight = new Float32Array(kept.length * dim);
  kept.forEach((axis, row) => {
    const factor = scale / Math.sqrt(variances[axis]! + shrunk);
    for (let i = 0; i < dim; i++) weight[row * dim + i] = axes.get(i, axis) * factor;
  });
  return { mean: Float32Array.from(mean), weight, width: kept.length };
}

/** At most `MOST_IMAGES` of n rows, evenly spread. */
function spread(n: number): number[] {
  const count = Math.min(n, MOST_IMAGES);
  return Array.from({ length: count }, (_, i) => Math.floor((i * n) / count));
}

function meanOf(features: Float32Array, dim: number, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(dim);
  for (const row of rows) for (let i = 0; i < dim; i++) mean[i] = mean[i]! + features[row * dim + i]! / rows.length;
  return mean;
}

function covarianceOf(features: Float32Array, mean: Float64Array, rows: readonly number[]): Matrix {
  const dim = mean.length;
  const sums = Array.from({ length: dim }, () => new Float64Array(dim));
  const centred = new Float64Array(dim);
  for (const row of rows) {
    for (let i = 0; i < dim; i++) centred[i] = features[row * dim + i]! - mean[i]!;
    for (let i = 0; i < dim; i++) {
      const [sum, factor] = [sums[i]!, centred[i]!];
      for (let j = i; j < dim; j++) sum[j] = sum[j]! + factor * centred[j]!;
    }
  }
  const covariance = Matrix.zeros(dim, dim);
  for (let i = 0; i < dim; i++) {
    for (let j = i; j < dim; j++) {
      const value = sums[i]![j]! / rows.length;
      covariance.set(i, j, value);
      covariance.set(j, i, value);
    }
  }
  return covariance;
}
