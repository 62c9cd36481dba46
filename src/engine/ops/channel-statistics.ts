import type { Shape } from "../../core/index.ts";
import type { Emitter } from "./definition.ts";

/** Mean over N, H and W of a blocked tensor: the blocked pool gives every image's channel means in plain channel order. */
export function blockedChannelMean(emit: Emitter, blocked: string, [batch, channels]: Shape): string {
  const perImage = emit.node("com.microsoft.nchwc:GlobalAveragePool", [blocked]);
  const rows = emit.node("Reshape", [perImage, emit.ints([batch!, channels!])]);
  return emit.node("ReduceMean", [rows], { axes: [0], keepdims: 0 });
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
