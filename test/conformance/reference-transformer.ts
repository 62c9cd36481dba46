import type { Evaluators, Exact } from "./reference.ts";
import { build, count } from "./reference-index.ts";

/** A tensor of one number a row of x. */
const perRow = (x: Exact, f: (row: Float64Array, r: number) => number): Exact =>
  build([...x.shape.slice(0, -1), 1], (_, r) => f(rowOf(x, r), r));

const rowOf = (x: Exact, r: number): Float64Array => {
  const width = x.shape.at(-1)!;
  return x.data.subarray(r * width, (r + 1) * width);
};

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

export const transformerOps: Evaluators<"softmax" | "layerNorm" | "layerNormGradient"> = {
  softmax: ([x]) => {
    const width = x!.shape.at(-1)!;
    return [
      build(x!.shape, (_, i) => {
        const row = rowOf(x!, Math.floor(i / width));
        const largest = Math.max(...row);
        return Math.exp(x!.data[i]! - largest) / row.reduce((total, value) => total + Math.exp(value - largest), 0);
      }),
    ];
  },
  layerNorm: ([x, gamma, beta], { epsilon }) => {
    const width = x!.shape.at(-1)!;
    const means = perRow(x!, mean);
    const inverse = perRow(x!, (row, r) => {
      const variance = mean(row.map((value) => (value - means.data[r]!) ** 2));
      return 1 / Math.sqrt(variance + epsilon);
    });
    const y = build(x!.shape, (where, i) => {
      const [r, d] = [Math.floor(i / width), where.at(-1)!];
      return gamma!.data[d]! * (x!.data[i]! - means.data[r]!) * inverse.data[r]! + beta!.data[d]!;
    });
    return [y, means, inverse];
  },
  layerNormGradient: ([dy, x, gamma, means, inverse]) => {
    const width = x!.shape.at(-1)!;
    const rows = count(x!.shape) / width;
    const normalised = (r: number, d: number) => (rowOf(x!, r)[d]! - means!.data[r]!) * inverse!.data[r]!;
    const overRows = (f: (r: number, d: number) => number) =>
      build([width], ([d]) => Array.from({ length: rows }, (_, r) => f(r, d!)).reduce((a, b) => a + b, 0));
    const dx = build(x!.shape, (where, i) => {
      const [r, d] = [Math.floor(i / width), where.at(-1)!];
      const g = rowOf(dy!, r).map((value, j) => value * gamma!.data[j]!);
      const shared = mean(g) + normalised(r, d) * mean(g.map((value, j) => value * normalised(r, j)));
      return (g[d]! - shared) * inverse!.data[r]!;
    });
    return [dx, overRows((r, d) => rowOf(dy!, r)[d]! * normalised(r, d)), overRows((r, d) => rowOf(dy!, r)[d]!)];
  },
};
