import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { leadingEigenvectors } from "./leading-eigenvectors.ts";
import type { NeighbourGraph } from "./neighbour-graph.ts";

/** A normalised graph of these symmetric weights. */
function graphOf(weights: readonly (readonly number[])[]): NeighbourGraph {
  const degrees = Float64Array.from(weights, (row) => row.reduce((sum, value) => sum + value, 0));
  const edges = weights.map((row, i) =>
    row.flatMap((value, j) => (value > 0 ? [{ j, weight: value / Math.sqrt(degrees[i]! * degrees[j]!) }] : [])),
  );
  const starts = new Int32Array(weights.length + 1);
  edges.forEach((row, i) => {
    starts[i + 1] = starts[i]! + row.length;
  });
  const columns = Int32Array.from(edges.flatMap((row) => row.map(({ j }) => j)));
  return {
    starts,
    columns,
    weights: Float64Array.from(edges.flatMap((row) => row.map(({ weight }) => weight))),
    degrees,
  };
}

/** Points joined at random, those of one part more often. */
function parts(n: number, count: number, between: number) {
  const rng = random(n, count);
  const weights = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    weights[i]![i] = 1;
    for (let j = 0; j < i; j++) {
      const joined = rng.uniform() < (i % count === j % count ? 0.5 : between);
      weights[i]![j] = joined ? rng.uniform() : 0;
      weights[j]![i] = weights[i]![j]!;
    }
  }
  return weights;
}

function exactValues({ starts, columns, weights, degrees }: NeighbourGraph): number[] {
  const dense = Matrix.zeros(degrees.length, degrees.length);
  for (let i = 0; i < degrees.length; i++) {
    for (let edge = starts[i]!; edge < starts[i + 1]!; edge++) dense.set(i, columns[edge]!, weights[edge]!);
  }
  const { realEigenvalues } = new EigenvalueDecomposition(dense, { assumeSymmetric: true });
  return realEigenvalues.sort((a, b) => b - a);
}

test.each([40, 300])("the eigenvalues of a dense decomposition, the trivial one left out (%i points)", async (n) => {
  const graph = graphOf(parts(n, 3, 0.05));
  const exact = exactValues(graph);
  expect(exact[0]).toBeCloseTo(1, 9);
  const { values, vectors } = await leadingEigenvectors(graph, 6, 1e-6, random(0));
  expect(vectors).toHaveLength(6);
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(exact[i + 1]!, 9);
  });
});

test("a graph in four parts has the eigenvalue 1 three more times", async () => {
  for (const n of [60, 240]) {
    const { values } = await leadingEigenvectors(graphOf(parts(n, 4, 0)), 5, 1e-6, random(1));
    for (const place of [0, 1, 2]) expect(values[place]).toBeCloseTo(1, 8);
    expect(values[3]).toBeLessThan(0.95);
  }
});

test("fewer values where the graph has fewer points", async () => {
  const { values } = await leadingEigenvectors(
    graphOf([
      [1, 1],
      [1, 1],
    ]),
    5,
    1e-6,
    random(1),
  );
  expect(values).toHaveLength(1);
  expect(values[0]).toBeCloseTo(0, 12);
});
