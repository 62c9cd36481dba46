import type { CurveNews } from "../../protocol.ts";

/** Stretches of a curve: each gives two points at most. */
const MOST_STRETCHES = 500;

/** The lowest and the highest of neighbouring points. */
interface Stretch {
  readonly first: number;
  low: readonly [step: number, value: number];
  high: readonly [step: number, value: number];
  last: readonly [step: number, value: number];
  points: number;
  /** The tick at which it last changed. */
  changed: number;
}

/** The end of a curve, for who has what is before it. */
export type CurveEnd = Omit<CurveNews, "curve">;

/** A curve over rising steps that keeps minima and maxima in bounded memory, however long it grows. */
export interface ThinCurve {
  /** Takes a point, at a tick that never falls; false where its step is not behind the last one. */
  add(step: number, value: number, tick: number): boolean;
  /** What changed after a tick; undefined where nothing did. At most 1002 points. */
  since(tick: number): CurveEnd | undefined;
}

export function thinCurve(mostStretches = MOST_STRETCHES): ThinCurve {
  let stretches: Stretch[] = [];
  let first: readonly [number, number] | undefined;
  let width = 1;
  return {
    add(step, value, tick) {
      const open = stretches.at(-1);
      if (open && step <= open.last[0]) return false;
      const point = [step, value] as const;
      first ??= point;
      if (open && open.points < width) extend(open, point, tick);
      else {
        // Its last point was shown because nothing was behind it.
        if (open) open.changed = tick;
        stretches.push({ first: step, low: point, high: point, last: point, points: 1, changed: tick });
      }
      if (stretches.length > mostStretches) {
        stretches = halved(stretches, tick);
        width *= 2;
      }
      return true;
    },
    since(tick) {
      const begin = stretches.findIndex(({ changed }) => changed > tick);
      return begin < 0 ? undefined : endOf(stretches.slice(begin), begin === 0 ? first : undefined);
    },
  };
}

function extend(stretch: Stretch, point: readonly [number, number], tick: number): void {
  if (point[1] < stretch.low[1]) stretch.low = point;
  if (point[1] > stretch.high[1]) stretch.high = point;
  stretch.last = point;
  stretch.points++;
  stretch.changed = tick;
}

/** Neighbours joined, so that each stands for twice as many points. */
function halved(stretches: readonly Stretch[], tick: number): Stretch[] {
  const joined: Stretch[] = [];
  for (let i = 0; i < stretches.length; i += 2) {
    const [one, other = one] = [stretches[i]!, stretches[i + 1]];
    joined.push({
      ...{ first: one.first, last: other.last, changed: tick },
      low: other.low[1] < one.low[1] ? other.low : one.low,
      high: other.high[1] > one.high[1] ? other.high : one.high,
      points: other === one ? one.points : one.points + other.points,
    });
  }
  return joined;
}

/** @param first the curve's first point, where it is a part of this */
function endOf(stretches: readonly Stretch[], first: readonly [number, number] | undefined): CurveEnd {
  const points: (readonly [number, number])[] = [];
  for (const { low, high } of stretches) {
    const pair = low[0] < high[0] ? [low, high] : [high, low];
    points.push(...(low[0] === high[0] ? [low] : pair));
  }
  const { last } = stretches.at(-1)!;
  if (last[0] > points.at(-1)![0]) points.push(last);
  if (first && first[0] < points[0]![0]) points.unshift(first);
  return {
    from: first ? 0 : stretches[0]!.first,
    steps: points.map(([step]) => step),
    values: points.map(([, value]) => value),
  };
}
