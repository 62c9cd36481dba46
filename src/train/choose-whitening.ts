import { fail, float32, onePerStretch, type Tensors } from "../core/index.ts";
import { recallAtK } from "../eval/index.ts";
import {
  type PrincipalAxes,
  principalAxes,
  type Whitening,
  whiteningAlong,
  whiteningScales,
} from "../features/index.ts";

/** Mean variances that whitening may add to each axis, from nearly all of whitening to nearly none. */
const shrinkages = [1, 10, 30] as const;
/** More images say no more. */
const MOST_IMAGES = 4096;

/** The whitening that was chosen, and what it was chosen from. */
export interface WhiteningChoice {
  readonly whitening: Whitening;
  /** The same by a step's names: what `loadEncoders` takes, where the step has `backbone.whitened: whitening.width`. */
  readonly tensors: Tensors;
  /** Mean variances that it adds to each axis. */
  readonly shrinkage: number;
  /** Coarse Recall@1 of the training images by shrinkage. */
  readonly recall: ReadonlyMap<number, number>;
}

/** The features that `chooseWhitening` chooses by. */
export interface WhiteningOptions {
  /** Of the training images, [n, F]. */
  readonly features: Float32Array;
  /** F */
  readonly dim: number;
  /** Their coarse labels [n]. */
  readonly coarse: Int32Array;
  /** P at most: 256 in the presets. */
  readonly most: number;
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
}

/**
 * The whitening whose nearest neighbours of training images have their coarse class most often: the labels that are there
 * choose, and no fine ones. The first of equal ones.
 * @param options the features that it chooses by
 * @throws MaskconError "shape" where the sizes do not fit one another, or a feature is no finite number
 */
export async function chooseWhitening({
  features,
  dim,
  coarse,
  most,
  threads,
}: WhiteningOptions): Promise<WhiteningChoice> {
  checkFeatures({ features, dim, coarse, most });
  const principal = principalAxes(features, dim, most);
  const rows = onePerStretch(coarse.length, MOST_IMAGES);
  const labels = Int32Array.from(rows, (row) => coarse[row]!);
  const projected = projections(principal, features, rows);
  const recall = new Map<number, number>();
  for (const shrinkage of shrinkages) recall.set(shrinkage, await coarseRecall(whiteningScales(principal, shrinkage)));
  const best = Math.max(...recall.values());
  const shrinkage = shrinkages.find((one) => recall.get(one) === best)!;
  const whitening = whiteningAlong(principal, shrinkage);
  return { whitening, tensors: asTensors(whitening), shrinkage, recall };

  async function coarseRecall(scales: readonly number[]): Promise<number> {
    const width = scales.length;
    if (width === 0) return 0;
    const scaled = projected.map((value, i) => value * scales[i % width]!);
    return (await recallAtK({ features: scaled, dim: width, labels, ks: [1], threads }))["1"]!;
  }
}

function checkFeatures({ features, dim, coarse, most }: WhiteningOptions): void {
  const isWhole = (value: number) => Number.isInteger(value) && value > 0;
  if (!isWhole(dim) || coarse.length === 0 || features.length !== coarse.length * dim) {
    const expected = `features [n, F] and coarse labels [n], n and F of at least 1`;
    fail("shape", {
      where: "whitening",
      expected,
      found: `${features.length} numbers, F ${dim}, ${coarse.length} labels`,
    });
  }
  if (!isWhole(most)) fail("shape", { where: "most", expected: "a whole number of at least 1", found: String(most) });
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) fail("shape", { where: "features", expected: "finite numbers", found: `${features[bad]} at ${bad}` });
}

const asTensors = ({ mean, weight, width }: Whitening): Tensors => ({
  "query_encoder.net.whitening.mean": float32([mean.length], mean),
  "query_encoder.net.whitening.weight": float32([width, mean.length], weight),
});

/** [rows, P]: centred features along each axis. */
function projections({ mean, axes }: PrincipalAxes, features: Float32Array, rows: readonly number[]): Float32Array {
  const dim = mean.length;
  const out = new Float32Array(rows.length * axes.length);
  const centred = new Float64Array(dim);
  rows.forEach((row, at) => {
    for (let i = 0; i < dim; i++) centred[i] = features[row * dim + i]! - mean[i]!;
    axes.forEach((axis, a) => {
      let sum = 0;
      for (let i = 0; i < dim; i++) sum += axis[i]! * centred[i]!;
      out[at * axes.length + a] = sum;
    });
  });
  return out;
}
