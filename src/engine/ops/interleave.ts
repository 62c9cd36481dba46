import type { Pair } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";

interface Interleaving {
  /** Of the result: [N, C, H, W]. */
  readonly shape: readonly number[];
  readonly strides: Pair;
  /** The block, or 1 in plain order. */
  readonly lanes: number;
}

/**
 * Weaves an image of its phases: phase [i, j] has every position (strides[0] r + i, strides[1] c + j), with ceil(H / strides[0])
 * rows and ceil(W / strides[1]) columns.
 */
export function interleaved(
  emit: Emitter,
  phases: readonly (readonly string[])[],
  { shape, strides, lanes }: Interleaving,
): string {
  if (strides[0] === 1 && strides[1] === 1) return phases[0]![0]!;
  const [n, c, h, width] = shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(h / strides[0]), Math.ceil(width / strides[1])];
  const strips = phases.map((row) => {
    const parts = row.map((part) =>
      emit.node("Reshape", [part, emit.ints([(n * c) / lanes, rows * columns, 1, lanes])]),
    );
    return emit.node("Reshape", [
      weave(emit, parts),
      emit.ints([(n * c) / lanes, rows, 1, columns * strides[1] * lanes]),
    ]);
  });
  const woven = weave(emit, strips);
  const [fullH, fullW] = [rows * strides[0], columns * strides[1]];
  if (fullH === h && fullW === width) return emit.node("Reshape", [woven, emit.ints(shape)]);
  const grid = emit.node("Reshape", [woven, emit.ints([(n * c) / lanes, fullH, fullW, lanes])]);
  const kept = emit.node("Slice", [grid, emit.ints([0, 0]), emit.ints([h, width]), emit.ints([1, 2])]);
  return emit.node("Reshape", [kept, emit.ints(shape)]);
}

const weave = (emit: Emitter, parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : emit.node("Concat", parts, { axis: 2 });
