import { sizeOf } from "../src/core/index.ts";
import type { KernelCall, TensorShape } from "./profile-events.ts";

/** What the machine can do at best, measured by `measurePeaks`. */
export interface Peaks {
  readonly flopsPerSecond: number;
  readonly bytesPerSecond: number;
}

const bytesOf: Readonly<Record<string, number>> = { float: 4, int32: 4, int64: 8, bool: 1, double: 8, float16: 2 };
const aliases = new Set(["Reshape", "Identity", "Flatten", "Squeeze", "Unsqueeze"]);

/** Multiplications and additions of one call; only products are counted, the rest is bound by memory. */
export function flopsOf({ op, inputs, outputs }: KernelCall): number {
  const [a, b] = inputs;
  const [out] = outputs;
  if (!a || !b || !out) return 0;
  // Every weight meets every position of the output (of the input, where the convolution is transposed) once.
  if (op === "Conv" || op === "FusedConv") return 2 * positions(out) * sizeOf(b.shape);
  if (op === "ConvTranspose") return 2 * positions(a) * sizeOf(b.shape);
  if (op === "MatMul" || op === "FusedMatMul" || op === "Gemm") {
    // [M,K] x [K,N] -> [M,N], whichever operand is transposed: K^2 = MK * KN / MN.
    const inner = Math.sqrt((matrix(a) * matrix(b)) / Math.max(1, matrix(out)));
    return 2 * sizeOf(out.shape) * inner;
  }
  return 0;
}

/** Every input read once and every output written once; views move nothing. */
export function trafficOf({ op, inputs, outputs }: KernelCall): number {
  if (aliases.has(op)) return 0;
  return [...inputs, ...outputs].reduce((sum, { dtype, shape }) => sum + (bytesOf[dtype] ?? 4) * sizeOf(shape), 0);
}

/** The least time a call could take: arithmetic at the peak or traffic at the bandwidth, whichever is longer. */
export function floorSeconds(call: KernelCall, peaks: Peaks): number {
  return Math.max(flopsOf(call) / peaks.flopsPerSecond, trafficOf(call) / peaks.bytesPerSecond);
}

const positions = ({ shape }: TensorShape) => (shape[0] ?? 1) * sizeOf(shape.slice(2));
const matrix = ({ shape }: TensorShape) => sizeOf(shape.slice(-2));
