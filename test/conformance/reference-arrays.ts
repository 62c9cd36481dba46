import type { Evaluators, Exact } from "./reference.ts";
import { at, broadcastAt, broadcastShape, build } from "./reference-index.ts";

interface Reduced {
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}

/** Gathers, for every element of the result, the values that fall on it. */
function reduce(x: Exact, { axes, keepDims }: Reduced, combine: (values: number[]) => number): Exact[] {
  const kept = x.shape.map((n, axis) => (axes.includes(axis) ? 1 : n));
  const full = build(kept, (where) => {
    const values: number[] = [];
    const over = axes.map((axis) => x.shape[axis]!);
    build(over, (inner) => {
      values.push(
        at(
          x,
          where.map((n, axis) => (axes.includes(axis) ? inner[axes.indexOf(axis)]! : n)),
        ),
      );
      return 0;
    });
    return combine(values);
  });
  return [{ shape: keepDims ? kept : x.shape.filter((_, axis) => !axes.includes(axis)), data: full.data }];
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const arrayOps: Evaluators<
  | "reduceSum"
  | "reduceMean"
  | "reduceMax"
  | "reshape"
  | "expand"
  | "transpose"
  | "concat"
  | "slice"
  | "pad"
  | "gather"
  | "matmul"
> = {
  reduceSum: ([x], how) => reduce(x!, how, sum),
  reduceMean: ([x], how) => reduce(x!, how, (values) => sum(values) / values.length),
  reduceMax: ([x], how) => reduce(x!, how, (values) => Math.max(...values)),
  reshape: ([x], { shape }) => [{ shape, data: x!.data }],
  expand: ([x], { shape }) => [build(shape, (where) => broadcastAt(x!, where))],
  transpose: ([x], { perm }) => {
    const shape = perm.map((axis) => x!.shape[axis]!);
    return [
      build(shape, (where) => {
        const source = new Array<number>(perm.length);
        for (const [i, axis] of perm.entries()) source[axis] = where[i]!;
        return at(x!, source);
      }),
    ];
  },
  concat: (inputs, { axis }) => {
    const total = sum(inputs.map((x) => x.shape[axis]!));
    const shape = inputs[0]!.shape.map((n, i) => (i === axis ? total : n));
    return [
      build(shape, (where) => {
        let along = where[axis]!;
        const part = inputs.find((x) => {
          if (along < x.shape[axis]!) return true;
          along -= x.shape[axis]!;
          return false;
        })!;
        return at(
          part,
          where.map((n, i) => (i === axis ? along : n)),
        );
      }),
    ];
  },
  slice: ([x], { axis, start, end }) => {
    const shape = x!.shape.map((n, i) => (i === axis ? end - start : n));
    return [
      build(shape, (where) =>
        at(
          x!,
          where.map((n, i) => (i === axis ? n + start : n)),
        ),
      ),
    ];
  },
  pad: ([x], { axis, before, after }) => {
    const length = x!.shape[axis]!;
    const shape = x!.shape.map((n, i) => (i === axis ? before + n + after : n));
    return [
      build(shape, (where) => {
        const along = where[axis]! - before;
        if (along < 0 || along >= length) return 0;
        return at(
          x!,
          where.map((n, i) => (i === axis ? along : n)),
        );
      }),
    ];
  },
  gather: ([x], { axis, indices }) => [
    build(
      x!.shape.map((n, i) => (i === axis ? indices.length : n)),
      (where) =>
        at(
          x!,
          where.map((n, i) => (i === axis ? indices[n]! : n)),
        ),
    ),
  ],
  matmul: ([a, b], { transposeA, transposeB }) => {
    const last = (x: Exact) => x.shape.slice(-2);
    const rows = last(a!)[transposeA ? 1 : 0]!;
    const inner = last(a!)[transposeA ? 0 : 1]!;
    const columns = last(b!)[transposeB ? 0 : 1]!;
    const lead = broadcastShape([a!, b!].map((x) => x.shape.slice(0, -2)));
    return [
      build([...lead, rows, columns], (where) => {
        const [at, i, j] = [where.slice(0, -2), where.at(-2)!, where.at(-1)!];
        const [left, right] = [
          [...at, i, i],
          [...at, j, j],
        ];
        let total = 0;
        for (let k = 0; k < inner; k++) {
          left[at.length + (transposeA ? 0 : 1)] = k;
          right[at.length + (transposeB ? 1 : 0)] = k;
          total += broadcastAt(a!, left) * broadcastAt(b!, right);
        }
        return total;
      }),
    ];
  },
};
