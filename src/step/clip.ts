import { add, div, mul, relu, reshape, slice, sqrt, sub, sum, type Value } from "../engine/index.ts";
import type { Draft } from "./draft.ts";
import { clipNormOf } from "./optimizer.ts";

/** Of PyTorch's `clip_grad_norm_`. */
const EPSILON = 1e-6;

/** The gradient, in parts [P], times min(1, clipNorm / (norm + 1e-6)); as it is where no norm is set. */
export function clipped({ graph, options }: Draft, gradient: readonly Value[]): readonly Value[] {
  const most = clipNormOf(options);
  if (most === undefined) return gradient;
  return graph.scoped("clip", () => {
    const norm = sqrt(gradient.map(sumOfSquares).reduce((a, b) => add(a, b)));
    graph.output("gradient_norm", norm);
    // The larger of norm and `most`. Below it the factor is exactly 1.
    const larger = add(relu(sub(add(norm, EPSILON), most)), most);
    const factor = div(most, larger);
    return gradient.map((part) => mul(part, factor));
  });
}

/** Of a vector [P], in rows: one sum over millions of float32 numbers loses the fourth digit. */
function sumOfSquares(vector: Value): Value {
  const size = vector.shape[0]!;
  const width = Math.ceil(Math.sqrt(size));
  const rows = Math.floor(size / width);
  const squares = mul(vector, vector);
  const part = (start: number, end: number) => slice(squares, { axis: 0, start, end });
  const matrix = reshape(part(0, rows * width), [rows, width]);
  const total = sum(sum(matrix, { axis: 1 }), { axis: 0 });
  return rows * width === size ? total : add(total, sum(part(rows * width, size), { axis: 0 }));
}
