import type { Shape } from "../../core/index.ts";
import type { Emitter } from "./definition.ts";

/**
 * Mean over H and W of every image of a blocked tensor, [N, C]: the blocked pool gives means in plain channel order. It adds
 * one number after the other, so it goes by rows first and then over rows: rounding grows with the square root of 2 W
 * instead of H W.
 */
export function blockedImageMean(emit: Emitter, blocked: string, shape: Shape): string {
  const [batch, channels, h, w] = shape as [number, number, number, number];
  const b = emit.block;
  const pool = (x: string, view: readonly number[]) =>
    emit.node("com.microsoft.nchwc:GlobalAveragePool", [emit.node("Reshape", [x, emit.ints(view)])]);
  const perRow = w === 1 ? blocked : pool(blocked, [(batch * channels * h) / b, b, 1, w]);
  const perImage = pool(perRow, [(batch * channels) / b, b, 1, h]);
  return emit.node("Reshape", [perImage, emit.ints([batch, channels])]);
}

/** Mean over N, H and W of a blocked tensor, [C]. */
export const blockedChannelMean = (emit: Emitter, blocked: string, shape: Shape): string =>
  emit.node("ReduceMean", [blockedImageMean(emit, blocked, shape)], { axes: [0], keepdims: 0 });

/** So many products are added one after the other. */
const LONGEST_SUM = 64;

/**
 * Mean over N, H and W of the product of two blocked tensors, [C]: depthwise convolutions of a few rows of one with those
 * of the other as kernel, which read both once and write nothing as large.
 */
export function blockedProductMean(emit: Emitter, a: string, b: string, shape: Shape): string {
  const [batch, channels, h, w] = shape as [number, number, number, number];
  const rows = Array.from({ length: h }, (_, i) => h - i).find(
    (r) => h % r === 0 && (r === 1 || r * w <= LONGEST_SUM),
  )!;
  const strips = (batch * channels * h) / rows;
  const sums = emit.node(
    "com.microsoft.nchwc:Conv",
    [
      emit.node("Reshape", [a, emit.ints([1, strips, rows, w])]),
      emit.node("Reshape", [b, emit.ints([strips, 1, rows, w])]),
    ],
    { kernel_shape: [rows, w], group: strips },
  );
  const perChannel = blockedChannelMean(emit, sums, [batch, channels, h / rows, 1]);
  return emit.node("Mul", [perChannel, emit.floats([], [1 / (rows * w)])]);
}

export function standardDeviation(emit: Emitter, variance: string, epsilon: number): string {
  return emit.node("Sqrt", [emit.node("Add", [variance, emit.floats([], [epsilon])])]);
}

interface Depthwise {
  readonly shift?: string | undefined;
  /** A blocked tensor added before the activation; overwritten when nothing else reads it. */
  readonly sum?: string | undefined;
  readonly relu?: boolean;
  readonly shape: Shape;
}

/** relu?(scale[c] * x + shift[c] + sum) in one pass over a blocked tensor: a depthwise 1x1 blocked convolution. */
export function depthwise(
  emit: Emitter,
  blocked: string,
  scale: string,
  { shift, sum, relu, shape }: Depthwise,
): string {
  const channels = shape[1]!;
  const weight = emit.node("Reshape", [scale, emit.ints([channels, 1, 1, 1])]);
  const inputs = [blocked, weight, shift ?? "", sum ?? ""];
  while (inputs.at(-1) === "") inputs.pop();
  return emit.node("com.microsoft.nchwc:Conv", inputs, {
    kernel_shape: [1, 1],
    group: channels,
    ...(relu ? { activation: "Relu" } : {}),
  });
}
