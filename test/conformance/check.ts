import type { DType, TypedArrays } from "../../src/core/index.ts";
import type { Value } from "../../src/engine/index.ts";
import { type Built, buildCase, type Case, exactFeeds } from "./case.ts";
import { type Exact, evaluate } from "./reference.ts";

/** A case computed in float64, once for all devices. */
export interface Expected {
  readonly built: Built;
  readonly outputs: readonly Exact[];
  readonly gradients: readonly Exact[];
  /** Central differences of the loss at some positions of every differentiated input. */
  readonly differences: readonly Differences[];
}

export type Differences = readonly { readonly at: number; readonly slope: number }[];

/** Small enough for the second-order error to vanish, large enough for float64's rounding to. */
export const differenceStep = 1e-5;

/** Positions compared with differences, of an input: the first, the last and some between. */
const samples = 16;

const built = new Map<Case, Built>();
const known = new Map<Case, Expected>();

export function builtOf(test: Case): Built {
  const found = built.get(test) ?? buildCase(test);
  built.set(test, found);
  return found;
}

export function expectedOf(test: Case): Expected {
  const found = known.get(test) ?? compute(test, builtOf(test), differenceStep);
  known.set(test, found);
  return found;
}

export function compute(test: Case, form: Built, step: number): Expected {
  const feeds = exactFeeds(test);
  const results = evaluate(form.graph, feeds, [...form.outputs, ...form.gradients]);
  return {
    built: form,
    outputs: results.slice(0, form.outputs.length),
    gradients: results.slice(form.outputs.length),
    differences: test.wrt.map((i) => differences(form, feeds, `x${i}`, step)),
  };
}

function differences({ graph, loss }: Built, feeds: Record<string, Exact>, name: string, step: number): Differences {
  const { shape, data } = feeds[name]!;
  const lossAt = (at: number, x: number): number => {
    const moved = data.slice();
    moved[at] = x;
    return evaluate(graph, { ...feeds, [name]: { shape, data: moved } }, [loss as Value])[0]!.data[0]!;
  };
  return positions(data.length).map((at) => {
    const x = data[at]!;
    return { at, slope: (lossAt(at, x + step) - lossAt(at, x - step)) / (2 * step) };
  });
}

function positions(n: number): number[] {
  if (n <= samples) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: samples }, (_, i) => Math.round((i * (n - 1)) / (samples - 1)));
}

/** What is wrong with a device's results for a case: nothing, where they agree with the reference. */
export function problemsOf(test: Case, results: Readonly<Record<string, TypedArrays[DType]>>): string[] {
  const expected = expectedOf(test);
  const problems: string[] = [];
  for (const [i, exact] of expected.outputs.entries()) {
    problems.push(...compare(`output ${i}`, exact.data, results[`y${i}`], test.tolerance));
  }
  for (const [i, exact] of expected.gradients.entries()) {
    const found = results[`g${i}`];
    // A gradient is a forward and a backward pass: twice the rounding and more.
    problems.push(...compare(`gradient ${test.wrt[i]}`, exact.data, found, 5 * test.tolerance));
    if (found) problems.push(...compareSlopes(test.wrt[i]!, expected.differences[i]!, found, exact, test.tolerance));
  }
  return problems;
}

function compareSlopes(
  index: number,
  slopes: Differences,
  found: ArrayLike<number>,
  exact: Exact,
  tolerance: number,
): string[] {
  const scale = magnitude(exact.data);
  const worst = Math.max(...slopes.map(({ at, slope }) => Math.abs(slope - found[at]!))) / scale;
  if (worst <= 5 * tolerance + 1e-6) return [];
  return [`gradient ${index}: off its central differences by ${worst.toExponential(1)} of ${scale.toPrecision(3)}`];
}

/** Compares by the largest difference relative to the largest magnitude; NaN and missing values count as different. */
export function compare(
  what: string,
  exact: ArrayLike<number>,
  found: ArrayLike<number> | undefined,
  tolerance: number,
): string[] {
  if (!found) return [`${what}: missing`];
  if (found.length !== exact.length) return [`${what}: ${found.length} values instead of ${exact.length}`];
  const scale = magnitude(exact);
  let worst = 0;
  let where = 0;
  for (let i = 0; i < exact.length; i++) {
    const error = Math.abs(exact[i]! - found[i]!) / scale;
    if (!(error <= worst)) [worst, where] = [Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, i];
  }
  if (worst <= tolerance) return [];
  return [
    `${what}[${where}]: ${found[where]} instead of ${exact[where]}, off by ${worst.toExponential(1)} of ${scale.toPrecision(3)}`,
  ];
}

function magnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return Math.max(largest, 1e-12);
}
