import type { Exact } from "./reference.ts";

export const count = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Row-major coordinates of flat position `i`. */
export function coordinates(i: number, shape: readonly number[]): number[] {
  const at = new Array<number>(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at[axis] = i % shape[axis]!;
    i = Math.floor(i / shape[axis]!);
  }
  return at;
}

export const position = (at: readonly number[], shape: readonly number[]): number =>
  at.reduce((flat, n, axis) => flat * shape[axis]! + n, 0);

/** The tensor whose element at coordinates `at` is `value(at)`. */
export function build(shape: readonly number[], value: (at: readonly number[], i: number) => number): Exact {
  const data = Float64Array.from({ length: count(shape) }, (_, i) => value(coordinates(i, shape), i));
  return { shape, data };
}

export const at = (x: Exact, where: readonly number[]): number => x.data[position(where, x.shape)]!;

/** Element of `x` that broadcasting puts at `where` of a shape of higher or equal rank. */
export function broadcastAt(x: Exact, where: readonly number[]): number {
  const tail = where.slice(where.length - x.shape.length);
  return at(
    x,
    tail.map((n, axis) => (x.shape[axis] === 1 ? 0 : n)),
  );
}

export function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((s) => s[s.length - rank + i] ?? 1)));
}
