import type { Node } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";
import { oneTap } from "./depthwise-taps.ts";
import { interleaved } from "./interleave.ts";
import { atZero, isOutside, tapOf } from "./pool-taps.ts";

interface Operands {
  readonly dy: string;
  readonly x: string;
  readonly y: string;
}

/**
 * Tap by tap, as in plain order, where the positions of x are: a window outside has no gradient left there, so that whatever
 * stands in for its y equals in vain. Phases of x are depthwise convolutions with a one in them, and so are moves.
 */
export function blockedMaxPoolGradient(emit: Emitter, node: Node<"maxPoolGradient">, { dy, x, y }: Operands): string {
  const { kernel, strides, pads } = node.attributes;
  const [dyValue, xValue] = node.inputs;
  const [n, c, h, w] = xValue!.shape as [number, number, number, number];
  const out = dyValue!.shape.slice(2) as [number, number];
  const rounded = [Math.ceil(h / strides[0]), Math.ceil(w / strides[1])] as const;
  const cached = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const known = cached.get(key) ?? make();
    cached.set(key, known);
    return known;
  };

  const phases: (string | undefined)[][] = Array.from({ length: strides[0] }, () => new Array(strides[1]));
  let left = dy;
  for (let i = 0; i < kernel[0]; i++) {
    const row = tapOf(i - pads[0], strides[0], h);
    if (isOutside(row, out[0])) continue;
    for (let j = 0; j < kernel[1]; j++) {
      const column = tapOf(j - pads[1], strides[1], w);
      if (isOutside(column, out[1])) continue;
      const size = [row.length, column.length] as const;
      const toInput = { channels: c, from: out, to: size, by: [row.shift, column.shift] } as const;
      const source = once(`x ${row.phase} ${column.phase}`, () =>
        phaseOf(emit, x, c, strides, [row.phase, column.phase]),
      );
      const largest = once(`y ${size} ${toInput.by}`, () => moved(emit, y, toInput));
      const equal = emit.node("HardSigmoid", [emit.node("Sub", [source, largest])], atZero);
      const part = emit.node("Mul", [equal, moved(emit, left, toInput)]);
      const back = { channels: c, from: size, to: out, by: [-row.shift, -column.shift] } as const;
      left = isStill(back) ? emit.node("Sub", [left, part]) : moved(emit, part, back, { from: left });
      const placed = moved(emit, part, { channels: c, from: size, to: rounded, by: [0, 0] });
      const total = phases[row.phase]![column.phase];
      phases[row.phase]![column.phase] = total === undefined ? placed : emit.node("Add", [total, placed]);
    }
  }
  const zeros = () => emit.node("Expand", [emit.floats([1], [0]), emit.ints([n, c, ...rounded])]);
  const whole = phases.map((row) => Array.from(row, (phase) => phase ?? zeros()));
  return interleaved(emit, whole, { shape: xValue!.shape, strides, lanes: emit.block });
}

/** Every position strides r + phase of a blocked image. */
function phaseOf(
  emit: Emitter,
  image: string,
  channels: number,
  strides: readonly [number, number],
  phase: readonly [number, number],
): string {
  if (strides[0] * strides[1] === 1) return image;
  const kernel = [phase[0] + 1, phase[1] + 1] as const;
  const weight = oneTap(emit, channels, kernel, phase);
  return emit.node("com.microsoft.nchwc:Conv", [image, weight], { kernel_shape: kernel, strides, group: channels });
}

interface Move {
  readonly channels: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  /** Rows and columns towards the end; zeros come in. */
  readonly by: readonly [number, number];
}

const isStill = ({ from, to, by }: Move): boolean => [0, 1].every((axis) => from[axis] === to[axis] && by[axis] === 0);

/** A blocked image at another place of a frame of another size; what it is subtracted `from` is written over. */
function moved(emit: Emitter, image: string, move: Move, { from }: { readonly from?: string } = {}): string {
  if (from === undefined && isStill(move)) return image;
  const axes = ([0, 1] as const).map((axis) => {
    const before = Math.max(move.by[axis], 0);
    const at = Math.max(-move.by[axis], 0);
    const length = Math.max(at + 1, move.from[axis] + before - move.to[axis] + 1);
    return { before, at, length, after: move.to[axis] - move.from[axis] - before + length - 1 };
  });
  const [rows, columns] = axes as [(typeof axes)[0], (typeof axes)[0]];
  const kernel = [rows.length, columns.length] as const;
  const value = from === undefined ? 1 : -1;
  const weight = oneTap(emit, move.channels, kernel, [rows.at, columns.at], value);
  return emit.node("com.microsoft.nchwc:Conv", [image, weight, ...(from === undefined ? [] : ["", from])], {
    kernel_shape: kernel,
    pads: [rows.before, columns.before, rows.after, columns.after],
    group: move.channels,
  });
}
