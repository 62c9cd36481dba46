import type { OpName } from "../graph/index.ts";
import { add } from "./add.ts";
import { averagePool } from "./average-pool.ts";
import { batchNorm } from "./batch-norm.ts";
import { batchNormGradient } from "./batch-norm-gradient.ts";
import { batchNormInference } from "./batch-norm-inference.ts";
import { cast } from "./cast.ts";
import { clip } from "./clip.ts";
import { clipGradient } from "./clip-gradient.ts";
import { concat } from "./concat.ts";
import { conv2d } from "./conv2d.ts";
import { conv2dInputGradient } from "./conv2d-input-gradient.ts";
import { conv2dWeightGradient } from "./conv2d-weight-gradient.ts";
import { crossEntropy } from "./cross-entropy.ts";
import type { OpDefinition } from "./definition.ts";
import { div } from "./div.ts";
import { equal } from "./equal.ts";
import { erf } from "./erf.ts";
import { exp } from "./exp.ts";
import { expand } from "./expand.ts";
import { gather } from "./gather.ts";
import { gelu } from "./gelu.ts";
import { geluGradient } from "./gelu-gradient.ts";
import { globalAveragePool } from "./global-average-pool.ts";
import { globalAveragePoolGradient } from "./global-average-pool-gradient.ts";
import { greater } from "./greater.ts";
import { layerNorm } from "./layer-norm.ts";
import { layerNormGradient } from "./layer-norm-gradient.ts";
import { log } from "./log.ts";
import { matmul } from "./matmul.ts";
import { maxPool } from "./max-pool.ts";
import { maxPoolGradient } from "./max-pool-gradient.ts";
import { mul } from "./mul.ts";
import { neg } from "./neg.ts";
import { pad } from "./pad.ts";
import { pow } from "./pow.ts";
import { reciprocal } from "./reciprocal.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceSum } from "./reduce-sum.ts";
import { relu } from "./relu.ts";
import { reluGradient } from "./relu-gradient.ts";
import { reshape } from "./reshape.ts";
import { select } from "./select.ts";
import { sigmoid } from "./sigmoid.ts";
import { slice } from "./slice.ts";
import { softmax } from "./softmax.ts";
import { sqrt } from "./sqrt.ts";
import { sub } from "./sub.ts";
import { tanh } from "./tanh.ts";
import { transpose } from "./transpose.ts";

/** Every op's rules; an op without one does not compile. */
export const ops: { readonly [N in OpName]: OpDefinition<N> } = {
  add,
  sub,
  mul,
  div,
  equal,
  greater,
  select,
  neg,
  exp,
  log,
  sqrt,
  reciprocal,
  relu,
  reluGradient,
  sigmoid,
  tanh,
  erf,
  clip,
  clipGradient,
  pow,
  gelu,
  geluGradient,
  cast,
  reduceSum,
  reduceMean,
  reduceMax,
  reshape,
  expand,
  transpose,
  concat,
  slice,
  pad,
  gather,
  matmul,
  softmax,
  crossEntropy,
  layerNorm,
  layerNormGradient,
  conv2d,
  conv2dInputGradient,
  conv2dWeightGradient,
  batchNorm,
  batchNormGradient,
  batchNormInference,
  maxPool,
  maxPoolGradient,
  averagePool,
  globalAveragePool,
  globalAveragePoolGradient,
};
