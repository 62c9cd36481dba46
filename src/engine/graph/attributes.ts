import type { DType, Shape } from "../../core/index.ts";

type None = Record<string, never>;

export interface Reduction {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Of the two axes of an image: rows, then columns. */
export type Pair = readonly [vertical: number, horizontal: number];

/** Rows and columns around an image. */
export type Pads = readonly [top: number, left: number, bottom: number, right: number];

/** How a kernel [O, C / groups, KH, KW] moves over an image: input channels and output channels are cut into groups. */
export interface Convolution {
  readonly strides: Pair;
  readonly pads: Pads;
  readonly dilations: Pair;
  readonly groups: number;
}

export interface PoolWindow {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly pads: Pads;
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

/** The shape that a convolution gradient cannot read off its inputs. */
interface ConvolutionGradient extends Convolution {
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
  conv2d: Convolution;
  conv2dInputGradient: ConvolutionGradient;
  conv2dWeightGradient: ConvolutionGradient;
  batchNorm: { readonly epsilon: number; readonly relu: boolean };
  batchNormGradient: { readonly epsilon: number };
  batchNormInference: { readonly epsilon: number };
  maxPool: PoolWindow;
  maxPoolGradient: PoolWindow;
  /** Whether padding counts as zeros in a mean, or a window at the border is the mean of fewer values. */
  averagePool: PoolWindow & { readonly countPadding: boolean };
  globalAveragePool: None;
  globalAveragePoolGradient: { readonly shape: Shape };
}

export type OpName = keyof OpAttributes;

/** The ops that have no attributes. */
export type PlainOpName = { [N in OpName]: OpAttributes[N] extends None ? N : never }[OpName];
