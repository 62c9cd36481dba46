import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { onePerStretch } from "../core/index.ts";

/** w = weight (x - mean): features of mean 0 and without correlation, whose variances are near one another. */
export interface Whitening {
  /** [F] */
  readonly mean: Float32Array;
  /** [P, F], the principal axes of the most variance, each with its scale. */
  readonly weight: Float32Array;
  /** P */
  readonly width: number;
}

/** The axes of the most variance of features [n, F], in its order. */
export interface PrincipalAxes {
  /** [F] */
  readonly mean: Float64Array;
  /** P unit vectors [F]. */
  readonly axes: readonly Float64Array[];
  /** [P] */
  readonly variances: readonly number[];
  /** Of a feature, over all F axes. */
  readonly meanVariance: number;
}

/** More images say no more about a covariance. */
export const COVARIANCE_IMAGES = 16_384;
/** Axes of less variance than this share of the largest are noise that whitening would blow up. */
const LEAST_VARIANCE = 1e-6;

/** PCA of features [n, F]: at most `most` axes; fewer where the features vary along fewer. */
export function principalAxes(features: Float32Array, dim: number, most: number): PrincipalAxes {
  const rows = onePerStretch(features.length / dim, COVARIANCE_IMAGES);
  const mean = meanOf(features, dim, rows);
  const { realEigenvalues: variances, eigenvectorMatrix } = new EigenvalueDecomposition(
    covarianceOf(features, mean, rows),
    { assumeSymmetric: true },
  );
  const order = variances.map((_, i) => i).sort((a, b) => variances[b]! - variances[a]!);
  const least = LEAST_VARIANCE * (variances[order[0]!] ?? 0);
  const kept = order.slice(0, most).filter((axis) => variances[axis]! > least);
  return {
    mean,
    axes: kept.map((axis) => Float64Array.from({ length: dim }, (_, i) => eigenvectorMatrix.get(i, axis))),
    variances: kept.map((axis) => variances[axis]!),
    meanVariance: variances.reduce((sum, variance) => sum + variance, 0) / dim,
  };
}

/**
 * What whitening multiplies each axis by. An axis of variance v is divided by sqrt(v + s m), m the mean variance and s the
 * shrinkage: full whitening (s = 0) blows up axes that hold noise, and a large s leaves the variances as they are. All are
 * then scaled to a mean variance of 1.
 * Sources: PCA whitening (Jegou and Chum 2012); shrinkage to the mean variance (Ledoit and Wolf 2004).
 */
export function whiteningScales({ variances, meanVariance }: PrincipalAxes, shrinkage: number): number[] {
  const shrunk = shrinkage * meanVariance;
  const after = variances.map((variance) => variance / (variance + shrunk));
  const scale = Math.sqrt(variances.length / after.reduce((sum, variance) => sum + variance, 0));
  return variances.map((variance) => scale / Math.sqrt(variance + shrunk));
}

export function whiteningAlong(principal: PrincipalAxes, shrinkage: number): Whitening {
  const { mean, axes } = principal;
  const dim = mean.length;
  const scales = whiteningScales(principal, shrinkage);
  const weight = new Float32Array(axes.length * dim);
  axes.forEach((axis, row) => {
    weight.set(
      axis.map((value) => value * scales[row]!),
      row * dim,
    );
  });
  return { mean: Float32Array.from(mean), weight, width: axes.length };
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
