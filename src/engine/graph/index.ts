export type {
  Convolution,
  OpAttributes,
  OpName,
  Pads,
  Pair,
  PlainOpName,
  PoolWindow,
  Reduction,
} from "./attributes.ts";
export { Graph, type Node, type ShapeRule, type Value, type ValueType } from "./graph.ts";
export {
  add,
  column,
  concat,
  crossEntropy,
  div,
  equal,
  exp,
  matmul,
  max,
  mean,
  mul,
  type Operand,
  relu,
  reshape,
  row,
  select,
  slice,
  sqrt,
  sub,
  sum,
  toFloat,
} from "./math.ts";
export { squareConvolution } from "./square-convolution.ts";
export { printGraph } from "./text.ts";
