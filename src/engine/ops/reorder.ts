import type { Emitter } from "./definition.ts";

/** So many values side by side are worth a copy of their own: half a cache line. */
const SHORTEST_RUN = 8;

/** Some entries of an axis, in this order. */
interface Kept {
  readonly axis: number;
  readonly entries: readonly number[];
}

/**
 * `x` in the shape `split`, its axes in the order `perm`, with all entries or those of an axis that are `kept`. Runs of
 * values that stay together are the entries of a Gather on a CPU: ONNX Runtime copies them with all its threads, and
 * most transposes are computed by one.
 */
export function reorder(
  emit: Emitter,
  x: string,
  split: readonly number[],
  perm: readonly number[],
  kept?: Kept,
): string {
  const moved = perm.findLastIndex((axis, i) => axis !== i) + 1;
  const run = product(split.slice(moved));
  if (emit.block === 0 || moved === 0 || run < SHORTEST_RUN) {
    const whole = emit.node("Reshape", [x, emit.ints(split)]);
    const taken = kept ? emit.node("Gather", [whole, emit.indices(kept.entries)], { axis: kept.axis }) : whole;
    return emit.node("Transpose", [taken], { perm });
  }
  const axes = perm.slice(0, moved).map((axis): Axis => {
    const entries = kept?.axis === axis ? kept.entries : Array.from({ length: split[axis]! }, (_, i) => i);
    const stride = product(split.slice(axis + 1, moved));
    return entries.map((entry) => entry * stride);
  });
  const runs = emit.node("Reshape", [x, emit.ints([product(split.slice(0, moved)), run])]);
  const taken = emit.node("Gather", [runs, order(emit, axes)], { axis: 0 });
  const shape = [...axes.map(({ length }) => length), ...split.slice(moved)];
  return emit.node("Reshape", [taken, emit.ints(shape)]);
}

/** The graph itself computes more places than these: constants are held several times. */
const MOST_CONSTANT = 4096;

/** Where the entries of an axis lie, counted in runs. */
type Axis = readonly number[];

/** The places of all entries, axis by axis: those of the outer axes and those of the inner ones, added. */
function order(emit: Emitter, axes: readonly Axis[]): string {
  if (product(axes.map(({ length }) => length)) <= MOST_CONSTANT) return emit.indices(places(axes));
  const sizes = axes.map(({ length }) => length);
  const weigh = (cut: number) => product(sizes.slice(0, cut)) + product(sizes.slice(cut));
  const cut = axes.reduce((best, _, i) => (weigh(i) < weigh(best) ? i : best), 0);
  const outer = places(axes.slice(0, cut));
  const column = emit.node("Reshape", [emit.indices(outer), emit.ints([outer.length, 1])]);
  return emit.node("Add", [column, emit.indices(places(axes.slice(cut)))]);
}

const places = (axes: readonly Axis[]): number[] =>
  axes.reduce(
    (starts: readonly number[], axis) => starts.flatMap((start) => axis.map((at) => start + at)),
    [0],
  ) as number[];

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
