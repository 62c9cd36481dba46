import { fail, type Shape, sameShape, showShape } from "../../core/index.ts";
import type { PoolWindow, ValueType, Window } from "../graph/index.ts";

/** How often a window fits along an axis. */
export const windowCount = (size: number, { kernel, stride, pad }: PoolWindow): number =>
  Math.floor((size + 2 * pad - kernel) / stride) + 1;

/**
 * The output shape of x [N, C, H, W] convolved with w [O, C, K, K].
 * @throws MaskconError "shape" where they do not fit.
 */
export function convolvedShape(op: string, x: Shape, w: Shape, { stride, pad }: Window): number[] {
  const [n, c, h, width] = x;
  const [o, c2, k, k2] = w;
  if (x.length !== 4 || w.length !== 4 || c !== c2 || k !== k2) {
    const found = `${showShape(x)} and ${showShape(w)}`;
    fail("shape", { where: op, expected: "[N, C, H, W] and a square kernel [O, C, K, K]", found });
  }
  const out = (size: number) => windowCount(size, { kernel: k!, stride, pad });
  return [n!, o!, out(h!), out(width!)];
}

export function expectShape(op: string, value: ValueType, shape: Shape): void {
  if (!sameShape(value.shape, shape)) {
    fail("shape", { where: op, expected: showShape(shape), found: showShape(value.shape) });
  }
}

/** The kernels are written for float32 alone. */
export function expectFloats(op: string, values: readonly ValueType[]): void {
  const other = values.find(({ dtype }) => dtype !== "float32");
  if (other) fail("shape", { where: op, expected: "float32", found: other.dtype });
}
