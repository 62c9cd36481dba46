import { type Shape, sizeOf } from "../../core/index.ts";
import type { Value } from "../graph/index.ts";
import { depthwise } from "./channel-statistics.ts";
import type { Emitter } from "./definition.ts";

export type Arithmetic = "Add" | "Sub" | "Mul" | "Div";

/** Whether v, broadcast over an image [N, C, H, W], has one number a channel: [C, 1, 1], [1, C, 1, 1] or [N, C, 1, 1]. */
export function isPerChannel(v: Shape, image: Shape): boolean {
  const [n, c] = image as [number, number];
  const [batch, channels, ...size] = v.length === 3 ? [1, ...v] : v;
  return v.length <= 4 && (batch === 1 || batch === n) && channels === c && size.length === 2 && sizeOf(size) === 1;
}

/**
 * x op v or v op x of a blocked image x and one number a channel, as a scale and a shift in one pass: undefined for v / x,
 * which is neither.
 */
export function perChannel(emit: Emitter, op: Arithmetic, [a, b]: readonly [Value, Value]): string | undefined {
  const imageFirst = sizeOf(a.shape) >= sizeOf(b.shape);
  const [x, v] = imageFirst ? [a, b] : [b, a];
  if (op === "Div" && !imageFirst) return undefined;
  const [n, c, h, w] = x.shape as [number, number, number, number];
  // Numbers for each image: its channels become those of one image, which blocks do not notice.
  const shape = sizeOf(v.shape) === c ? x.shape : [1, n * c, h, w];
  const channels = shape[1]!;
  // One pixel an image: both memory orders are one.
  const vector = emit.node("Reshape", [emit.isBlocked(v) ? emit.blocked(v) : emit.plain(v), emit.ints([channels])]);
  const all = (value: number) => emit.floats([channels], new Array<number>(channels).fill(value));
  const image = shape === x.shape ? emit.blocked(x) : emit.node("Reshape", [emit.blocked(x), emit.ints(shape)]);
  const [scale, shift] = {
    Mul: () => [vector, undefined] as const,
    Div: () => [emit.node("Reciprocal", [vector]), undefined] as const,
    Add: () => [all(1), vector] as const,
    Sub: () => (imageFirst ? ([all(1), emit.node("Neg", [vector])] as const) : ([all(-1), vector] as const)),
  }[op]();
  const y = depthwise(emit, image, scale, { shift, shape });
  return shape === x.shape ? y : emit.node("Reshape", [y, emit.ints(x.shape)]);
}
