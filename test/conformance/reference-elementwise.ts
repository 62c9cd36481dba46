import type { Evaluators, Exact } from "./reference.ts";
import { broadcastAt, build } from "./reference-index.ts";

function broadcastShape(shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => Math.max(...shapes.map((s) => s[s.length - rank + i] ?? 1)));
}

function zipped(inputs: readonly Exact[], f: (...values: number[]) => number): Exact[] {
  const shape = broadcastShape(inputs.map((x) => x.shape));
  return [build(shape, (where) => f(...inputs.map((x) => broadcastAt(x, where))))];
}

const of =
  (f: (...values: number[]) => number) =>
  (inputs: readonly Exact[]): Exact[] =>
    zipped(inputs, f);

export const elementwiseOps: Evaluators<
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "equal"
  | "greater"
  | "select"
  | "neg"
  | "exp"
  | "log"
  | "sqrt"
  | "reciprocal"
  | "relu"
  | "reluGradient"
  | "cast"
> = {
  add: of((a, b) => a! + b!),
  sub: of((a, b) => a! - b!),
  mul: of((a, b) => a! * b!),
  div: of((a, b) => a! / b!),
  equal: of((a, b) => Number(a === b)),
  greater: of((a, b) => Number(a! > b!)),
  select: of((condition, a, b) => (condition ? a! : b!)),
  neg: of((x) => -x!),
  exp: of((x) => Math.exp(x!)),
  log: of((x) => Math.log(x!)),
  sqrt: of((x) => Math.sqrt(x!)),
  reciprocal: of((x) => 1 / x!),
  relu: of((x) => Math.max(x!, 0)),
  reluGradient: of((dy, y) => (y! > 0 ? dy! : 0)),
  cast: (inputs, { to }) =>
    zipped(inputs, (x) => (to === "bool" ? Number(x !== 0) : to === "int32" ? Math.trunc(x!) : x!)),
};
