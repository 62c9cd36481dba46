import type { Emitter } from "./definition.ts";

/** Phi(x) = (1 + erf(x / sqrt 2)) / 2; HardSigmoid is the affine part in one pass. */
export function normalDistribution(emit: Emitter, x: string): string {
  const erf = emit.node("Erf", [emit.node("Mul", [x, emit.floats([], [Math.SQRT1_2])])]);
  return emit.node("HardSigmoid", [erf], { alpha: { float: 0.5 }, beta: { float: 0.5 } });
}

/** phi(x) = exp(-x² / 2) / sqrt(2 pi), times x. */
export function scaledDensity(emit: Emitter, x: string): string {
  const exponent = emit.node("Mul", [emit.node("Mul", [x, x]), emit.floats([], [-0.5])]);
  const scaled = emit.node("Mul", [x, emit.floats([], [1 / Math.sqrt(2 * Math.PI)])]);
  return emit.node("Mul", [scaled, emit.node("Exp", [exponent])]);
}

const TANH_SCALE = Math.sqrt(2 / Math.PI);
const TANH_CUBIC = 0.044715;

/** The approximation of Phi(x) with tanh: (1 + tanh u) / 2 = sigmoid(2 u), u = sqrt(2 / pi) (x + 0.044715 x³). */
export function approximateDistribution(emit: Emitter, x: string): string {
  const factor = polynomial(emit, x, 2 * TANH_SCALE, 2 * TANH_SCALE * TANH_CUBIC);
  return emit.node("Sigmoid", [emit.node("Mul", [x, factor])]);
}

/** The derivative of 2 u by x. */
export const approximateSlope = (emit: Emitter, x: string): string =>
  polynomial(emit, x, 2 * TANH_SCALE, 6 * TANH_SCALE * TANH_CUBIC);

/** a + b x² */
const polynomial = (emit: Emitter, x: string, a: number, b: number): string =>
  emit.node("Add", [emit.node("Mul", [emit.node("Mul", [x, x]), emit.floats([], [b])]), emit.floats([], [a])]);
