import type { Evaluators, Exact } from "./reference.ts";
import { broadcastAt, broadcastShape, build } from "./reference-index.ts";

function zipped(inputs: readonly Exact[], f: (...values: number[]) => number): Exact[] {
  const shape = broadcastShape(inputs.map((x) => x.shape));
  const values = new Array<number>(inputs.length);
  const at = (where: readonly number[]) => {
    for (const [n, input] of inputs.entries()) values[n] = broadcastAt(input, where);
    return f(...values);
  };
  return [build(shape, at)];
}

const of =
  (f: (...values: number[]) => number) =>
  (inputs: readonly Exact[]): Exact[] =>
    zipped(inputs, f);

/** 2 / sqrt(pi) exp(-x²) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): no term cancels another. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

const gelu = (x: number): number => (x / 2) * (1 + erf(x / Math.SQRT2));
const geluSlope = (x: number): number =>
  (1 + erf(x / Math.SQRT2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);

const inner = (x: number): number => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
const innerSlope = (x: number): number => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x ** 2);
const tanhGelu = (x: number): number => (x / 2) * (1 + Math.tanh(inner(x)));
const tanhGeluSlope = (x: number): number =>
  (1 + Math.tanh(inner(x))) / 2 + (x / 2) * (1 - Math.tanh(inner(x)) ** 2) * innerSlope(x);

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
  | "sigmoid"
  | "tanh"
  | "erf"
  | "clip"
  | "clipGradient"
  | "pow"
  | "gelu"
  | "geluGradient"
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
  sigmoid: of((x) => 1 / (1 + Math.exp(-x!))),
  tanh: of((x) => Math.tanh(x!)),
  erf: of((x) => erf(x!)),
  clip: (inputs, { min, max }) => zipped(inputs, (x) => Math.min(Math.max(x!, min), max)),
  clipGradient: (inputs, { min, max }) => zipped(inputs, (dy, y) => (y! > min && y! < max ? dy! : 0)),
  pow: (inputs, { exponent }) => zipped(inputs, (x) => x! ** exponent),
  gelu: (inputs, { approximate }) => zipped(inputs, (x) => (approximate === "none" ? gelu(x!) : tanhGelu(x!))),
  geluGradient: (inputs, { approximate }) =>
    zipped(inputs, (dy, x) => dy! * (approximate === "none" ? geluSlope(x!) : tanhGeluSlope(x!))),
  cast: (inputs, { to }) =>
    zipped(inputs, (x) => (to === "bool" ? Number(x !== 0) : to === "int32" ? Math.trunc(x!) : x!)),
};
