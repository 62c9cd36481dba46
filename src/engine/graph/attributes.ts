import type { DType, Shape } from "../../core/index.ts";

type None = Record<string, never>;

export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Square strides and pads, as in every network of this package. */
export interface Window {
  readonly stride: number;
  readonly pad: number;
}

export interface PoolWindow extends Window {
  readonly kernel: number;
}

/** Which of the two GELUs: the exact one with the error function, or the common approximation with tanh. */
export interface GeluForm {
  readonly approximate: "none" | "tanh";
}

/** Bounds of a range; either may be infinite. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** The geometry a convolution gradient cannot read off its inputs. */
interface ConvGradientWindow extends Window {
  readonly shape: Shape;
}

/** Every op of the graph language with its attributes. Each has a rule file in `ops/`, or the op table does not compile. */
export interface OpAttributes {
  add: None;
  sub: None;
  mul: None;
  div: None;
  equal: None;
  greater: None;
  select: None;
  neg: None;
  exp: None;
  log: None;
  sqrt: None;
  reciprocal: None;
  relu: None;
  reluGradient: None;
  sigmoid: None;
  tanh: None;
  erf: None;
  clip: Bounds;
  clipGradient: Bounds;
  pow: { readonly exponent: number };
  gelu: GeluForm;
  geluGradient: GeluForm;
  cast: { readonly to: DType };
  reduceSum: Reduction;
  reduceMean: Reduction;
  reduceMax: Reduction;
  reshape: { readonly shape: Shape };
  expand: { readonly shape: Shape };
  transpose: { readonly perm: readonly number[] };
  concat: { readonly axis: number };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  /** Constant indices along an axis; an index may stand there several times. */
  gather: { readonly axis: number; readonly indices: readonly number[] };
  matmul: { readonly transposeA: boolean; readonly transposeB: boolean };
  softmax: None;
  crossEntropy: None;
  layerNorm: { readonly epsilon: number };
  layerNormGradient: None;
  conv2d: Window;
  conv2dInputGradient: ConvGradientWindow;
  conv2dWeightGradient: ConvGradientWindow;
  batchNorm: { readonly epsilon: number; readonly relu: boolean };
  batchNormGradient: { readonly epsilon: number };
  batchNormInference: { readonly epsilon: number };
  maxPool: PoolWindow;
  maxPoolGradient: PoolWindow;
  globalAveragePool: None;
  globalAveragePoolGradient: { readonly shape: Shape };
}

export type OpName = keyof OpAttributes;

/** The ops that have no attributes. */
export type PlainOpName = { [N in OpName]: OpAttributes[N] extends None ? N : never }[OpName];
