import { fail, type Shape, sameShape, showShape } from "../../core/index.ts";
import type { Convolution, Pair, PoolWindow, ValueType } from "../graph/index.ts";

/** A kernel that moves over an image: of a convolution or of a pool. */
type Sliding = PoolWindow & { readonly dilations?: Pair };

/** How often a kernel fits along each axis of an image. */
function windowCounts([h, w]: Pair, { kernel, strides, pads, dilations = [1, 1] }: Sliding): Pair {
  const fits = (axis: 0 | 1, size: number) => {
    const reach = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.floor((size + pads[axis] + pads[axis + 2]! - reach) / strides[axis]) + 1;
  };
  return [fits(0, h), fits(1, w)];
}

/**
 * The output shape of x [N, C, H, W] convolved with w [O, C / groups, KH, KW].
 * @throws MaskconError "shape" where they do not fit.
 */
export function convolvedShape(op: string, x: Shape, w: Shape, convolution: Convolution): number[] {
  const [n, c, h, width] = x;
  const [o, c2, kh, kw] = w;
  const { strides, pads, dilations, groups } = convolution;
  expectWindow(op, [...strides, ...dilations, groups], pads);
  if (x.length !== 4 || w.length !== 4 || c !== c2! * groups || o! % groups !== 0) {
    const found = `${showShape(x)} and ${showShape(w)}`;
    const expected = `[N, C, H, W] and a kernel [O, ${groups === 1 ? "C" : `C / ${groups}`}, KH, KW]`;
    fail("shape", { where: op, expected, found });
  }
  return [n!, o!, ...windowCounts([h!, width!], { kernel: [kh!, kw!], strides, pads, dilations })];
}

/**
 * The output shape of x [N, C, H, W] under a pool. Every window has a position inside the image.
 * @throws MaskconError "shape" where they do not fit.
 */
export function pooledShape(op: string, x: Shape, window: PoolWindow): number[] {
  const { kernel, strides, pads } = window;
  expectWindow(op, [...kernel, ...strides], pads);
  if (x.length !== 4 || pads.some((pad, i) => pad >= kernel[i % 2]!)) {
    const found = `${showShape(x)}, a kernel ${showShape(kernel)} and pads ${showShape(pads)}`;
    fail("shape", { where: op, expected: "[N, C, H, W] and pads below the kernel", found });
  }
  return [x[0]!, x[1]!, ...windowCounts([x[2]!, x[3]!], window)];
}

/** The attributes of ONNX's pools and of the blocked ones. */
export const poolAttributes = ({ kernel, strides, pads }: PoolWindow) => ({ kernel_shape: kernel, strides, pads });

function expectWindow(op: string, counts: readonly number[], pads: readonly number[]): void {
  const whole = (least: number) => (n: number) => Number.isInteger(n) && n >= least;
  if (counts.every(whole(1)) && pads.length === 4 && pads.every(whole(0))) return;
  const found = `${counts.join(", ")} and pads ${showShape(pads)}`;
  fail("shape", { where: op, expected: "positive counts and four pads of at least 0", found });
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
