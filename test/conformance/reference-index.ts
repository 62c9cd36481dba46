import type { Exact } from "./reference.ts";

export const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Row-major position of coordinates. */
export function position(at: readonly number[], shape: readonly number[]): number {
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) flat = flat * shape[axis]! + at[axis]!;
  return flat;
}

/** The tensor whose element at coordinates `at` is `value(at)`. `at` is one list, which moves on with the elements. */
export function build(shape: readonly number[], value: (at: readonly number[], i: number) => number): Exact {
  const data = new Float64Array(count(shape));
  const at = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(at, i);
    for (let axis = shape.length - 1; axis >= 0 && ++at[axis]! === shape[axis]; axis--) at[axis] = 0;
  }
  return { shape, data };
}

export const at = (x: Exact, where: readonly number[]): number => x.data[position(where, x.shape)]!;

/** Element of `x` that broadcasting puts at `where` of a shape of higher or equal rank. */
export function broadcastAt(x: Exact, where: readonly number[]): number {
  const more = where.length - x.shape.length;
  let flat = 0;
  for (let axis = 0; axis < x.shape.length; axis++) {
    const n = x.shape[axis]!;
    flat = flat * n + (n === 1 ? 0 : where[more + axis]!);
  }
  return x.data[flat]!;
}

export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((s) => s[s.length - rank + i] ?? 1)));
}
