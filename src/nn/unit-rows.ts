import { add, div, mul, sqrt, sum, type Value } from "../engine/index.ts";

/** Rows of x [N, D] scaled to unit length; a zero row stays zero (PyTorch's F.normalize, eps 1e-12). */
export function unitRows(x: Value): Value {
  const squares = sum(mul(x, x), { axis: 1, keepDims: true });
  return div(x, sqrt(add(squares, 1e-24)));
}
