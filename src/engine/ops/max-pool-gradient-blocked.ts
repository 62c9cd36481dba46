import type { Shape } from "../../core/index.ts";
import type { PoolWindow } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";
import { oneTap } from "./depthwise-taps.ts";
import { interleaved } from "./interleave.ts";
import { atZero, isOutside, type Tap, tapOf } from "./pool-taps.ts";
import { poolAttributes, pooledShape } from "./window.ts";

interface Operands {
  readonly dy: string;
  readonly x: string;
  readonly y: string;
}

interface Pooling {
  /** Of x, [N, C, H, W]. */
  readonly shape: Shape;
  readonly window: PoolWindow;
}

/** With as many rows and columns, one axis after the other costs less, although it needs the maxima of rows again. */
const ENOUGH_TAPS = 3;

/** The first maximum in row order is the first in the first row that has it: columns follow rows, each with few taps. */
export function blockedMaxPoolGradient(emit: Emitter, { shape, window }: Pooling, { dy, x, y }: Operands): string {
  const { kernel, strides, pads } = window;
  if (kernel.some((side) => side < ENOUGH_TAPS)) return tapByTap(emit, { shape, window }, { dy, x, y });
  const inRows = { kernel: [1, kernel[1]], strides: [1, strides[1]], pads: [0, pads[1], 0, pads[3]] } as const;
  const inColumns = { kernel: [kernel[0], 1], strides: [strides[0], 1], pads: [pads[0], 0, pads[2], 0] } as const;
  const maxima = emit.node("com.microsoft.nchwc:MaxPool", [x], poolAttributes(inRows));
  const ofMaxima = tapByTap(
    emit,
    { shape: pooledShape("maxPoolGradient", shape, inRows), window: inColumns },
    { dy, x: maxima, y },
  );
  return tapByTap(emit, { shape, window: inRows }, { dy: ofMaxima, x, y: maxima });
}

/**
 * Tap by tap, as in plain order, where the positions of x are: a window outside has no gradient left there, so that whatever
 * stands in for its y equals in vain. The last tap takes all that is left. Phases of x are depthwise convolutions with a
 * one in them, and so are moves.
 */
function tapByTap(emit: Emitter, { shape, window }: Pooling, { dy, x, y }: Operands): string {
  const { kernel, strides, pads } = window;
  const [n, c, h, w] = shape as [number, number, number, number];
  const out = pooledShape("maxPoolGradient", shape, window).slice(2) as [number, number];
  const rounded = [Math.ceil(h / strides[0]), Math.ceil(w / strides[1])] as const;
  const cached = new Map<string, string>();
  const once = (key: string, make: () => string): string => {
    const known = cached.get(key) ?? make();
    cached.set(key, known);
    return known;
  };

  const phases: (string | undefined)[][] = Array.from({ length: strides[0] }, () => new Array(strides[1]));
  const tapsOf = (axis: 0 | 1): Tap[] =>
    Array.from({ length: kernel[axis] }, (_, i) => tapOf(i - pads[axis], strides[axis], axis === 0 ? h : w));
  const columns = tapsOf(1).filter((tap) => !isOutside(tap, out[1]));
  const rows = tapsOf(0).filter((tap) => !isOutside(tap, out[0]));
  const taps = rows.flatMap((row) => columns.map((column) => [row, column] as const));
  let left = dy;
  for (const [i, [row, column]] of taps.entries()) {
    const size = [row.length, column.length] as const;
    const toInput = { channels: c, from: out, to: size, by: [row.shift, column.shift] } as const;
    let part = moved(emit, left, toInput);
    if (i < taps.length - 1) {
      const source = once(`x ${row.phase} ${column.phase}`, () =>
        phaseOf(emit, x, c, strides, [row.phase, column.phase]),
      );
      const largest = once(`y ${size} ${toInput.by}`, () => moved(emit, y, toInput));
      const equal = emit.node("HardSigmoid", [emit.node("Sub", [source, largest])], atZero);
      part = emit.node("Mul", [equal, part]);
      const back = { channels: c, from: size, to: out, by: [-row.shift, -column.shift] } as const;
      left = isStill(back) ? emit.node("Sub", [left, part]) : moved(emit, part, back, { from: left });
    }
    const placed = moved(emit, part, { channels: c, from: size, to: rounded, by: [0, 0] });
    const total = phases[row.phase]![column.phase];
    phases[row.phase]![column.phase] = total === undefined ? placed : emit.node("Add", [total, placed]);
  }
  const zeros = () => emit.node("Expand", [emit.floats([1], [0]), emit.ints([n, c, ...rounded])]);
  const whole = phases.map((row) => Array.from(row, (phase) => phase ?? zeros()));
  return interleaved(emit, whole, { shape, strides, lanes: emit.block });
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
