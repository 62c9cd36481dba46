import { sizeOf } from "../../core/index.ts";
import type { Node } from "../graph/index.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { interleaved } from "./interleave.ts";
import { blockedMaxPoolGradient } from "./max-pool-gradient-blocked.ts";
import { atZero, isOutside, tapOf } from "./pool-taps.ts";
import { expectFloats, expectShape, pooledShape } from "./window.ts";

/** Stands for "outside the image": below every activation, and finite, so that no arithmetic makes it NaN. */
const OUTSIDE = -3e38;

/**
 * Inputs: dy and y [N, C, H', W'], x [N, C, H, W]. A window's gradient goes to its first maximum in row order, as in
 * PyTorch. Tap by tap: positions of x that equal y take what no earlier tap has taken of dy.
 */
export const maxPoolGradient: OpDefinition<"maxPoolGradient"> = {
  infer([dy, x, y], window) {
    expectFloats("maxPoolGradient", [dy!, x!, y!]);
    const shape = pooledShape("maxPoolGradient", x!.shape, window);
    for (const value of [dy!, y!]) expectShape("maxPoolGradient", value, shape);
    return [{ dtype: "float32", shape: x!.shape }];
  },
  lower(emit, node) {
    const [dy, x, y] = node.inputs.map(emit.plain) as [string, string, string];
    emit.definePlain(node.outputs[0]!, tapByTap(emit, node, { dy, x, y }));
  },
  lowerBlocked(emit, node) {
    if (!emit.isBlocked(node.inputs[1]!)) return "the input is not blocked";
    const [dy, x, y] = node.inputs.map(emit.blocked) as [string, string, string];
    const pooling = { shape: node.inputs[1]!.shape, window: node.attributes };
    emit.defineBlocked(node.outputs[0]!, blockedMaxPoolGradient(emit, pooling, { dy, x, y }));
    return undefined;
  },
};

/** Phases and taps are images [N C, rows, columns]. */
function tapByTap(
  emit: Emitter,
  { inputs: [dyValue, xValue], attributes: { kernel, strides, pads } }: Node<"maxPoolGradient">,
  { dy, x, y }: { readonly dy: string; readonly x: string; readonly y: string },
): string {
  const { shape } = xValue!;
  const [h, w] = [shape[2]!, shape[3]!];
  const [outH, outW] = [dyValue!.shape[2]!, dyValue!.shape[3]!];
  const [rows, columns] = [Math.ceil(h / strides[0]), Math.ceil(w / strides[1])];
  const images = sizeOf(shape.slice(0, 2));
  const view = (name: string, height: number, width: number) =>
    emit.node("Reshape", [name, emit.ints([images, height, width])]);
  const source = view(x, h, w);
  const largest = view(y, outH, outW);
  const fill = emit.floats([], [OUTSIDE]);

  const ofInput = new Map<string, string>();
  const phaseOfInput = (i: number, j: number): string => {
    const key = `${i} ${j}`;
    if (strides[0] * strides[1] === 1) return source;
    let phase = ofInput.get(key);
    if (phase === undefined) {
      const bounds = [emit.ints([i, j]), emit.ints([h, w]), emit.ints([1, 2]), emit.ints(strides)];
      phase = emit.node("Slice", [source, ...bounds]);
      ofInput.set(key, phase);
    }
    return phase;
  };

  const phases: (string | undefined)[][] = Array.from({ length: strides[0] }, () => new Array(strides[1]));
  let left = view(dy, outH, outW);
  for (let i = 0; i < kernel[0]; i++) {
    const row = tapOf(i - pads[0], strides[0], h);
    if (isOutside(row, outH)) continue;
    for (let j = 0; j < kernel[1]; j++) {
      const column = tapOf(j - pads[1], strides[1], w);
      if (isOutside(column, outW)) continue;
      const met = moved(emit, phaseOfInput(row.phase, column.phase), {
        from: [row.length, column.length],
        to: [outH, outW],
        by: [-row.shift, -column.shift],
        fill,
      });
      const equal = emit.node("HardSigmoid", [emit.node("Sub", [met, largest])], atZero);
      const part = emit.node("Mul", [equal, left]);
      left = emit.node("Sub", [left, part]);
      const by = [row.shift, column.shift] as const;
      const placed = moved(emit, part, { from: [outH, outW], to: [rows, columns], by });
      const total = phases[row.phase]![column.phase];
      phases[row.phase]![column.phase] = total === undefined ? placed : emit.node("Add", [total, placed]);
    }
  }
  const zeros = () => emit.node("Expand", [emit.floats([1], [0]), emit.ints([images, rows, columns])]);
  const whole = phases.map((row) => Array.from(row, (phase) => phase ?? zeros()));
  const woven = interleaved(emit, whole, { shape, strides, lanes: 1 });
  return strides[0] * strides[1] === 1 ? emit.node("Reshape", [woven, emit.ints(shape)]) : woven;
}

interface Move {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** Rows and columns towards the end. */
  readonly by: readonly [number, number];
  /** What comes in; by default zeros. */
  readonly fill?: string;
}

/** An image at another place of a frame of another size. */
function moved(emit: Emitter, image: string, { from, to, by, fill }: Move): string {
  const around = [...by, ...by.map((shift, axis) => to[axis]! - from[axis]! - shift)] as [
    number,
    number,
    number,
    number,
  ];
  if (around.every((count) => count === 0)) return image;
  const pad = (x: string, [top, before, bottom, after]: readonly number[]) =>
    emit.node("Pad", [x, emit.ints([0, top!, before!, 0, bottom!, after!]), ...(fill ? [fill] : [])]);
  if (around.every((count) => count >= 0)) return pad(image, around);
  // What providers do with negative pads is not known.
  const starts = around.slice(0, 2).map((count) => Math.max(-count, 0));
  const ends = from.map((size, axis) => size + Math.min(around[axis + 2]!, 0));
  const kept = emit.node("Slice", [image, emit.ints(starts), emit.ints(ends), emit.ints([1, 2])]);
  return around.every((count) => count <= 0)
    ? kept
    : pad(
        kept,
        around.map((count) => Math.max(count, 0)),
      );
}
