import type { Pair } from "../graph/index.ts";
import type { ConvProblem } from "./conv-problem.ts";
import type { Emitter } from "./definition.ts";

/** What Slice takes to leave, of the padded x, the positions that a tap of the kernel meets; `axes` are its rows and columns. */
export function tapRange(emit: Emitter, problem: ConvProblem, tap: Pair, axes: Pair): string[] {
  const { outH, outW, strides, dilations } = problem;
  const starts = tap.map((position, axis) => position * dilations[axis]!);
  const ends = [outH, outW].map((out, axis) => starts[axis]! + (out - 1) * strides[axis]! + 1);
  return [starts, ends, axes, strides].map(emit.ints, emit);
}
