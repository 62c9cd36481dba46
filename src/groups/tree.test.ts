import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { cutTree, treeOfParts } from "./tree.ts";
import { type Merge, ward } from "./ward.ts";

const lists = (parts: readonly Int32Array[]) => parts.map((part) => [...part]);

test("the merges that SciPy gives", () => {
  // linkage([[0], [1], [5], [5.5], [12]], "ward")
  const merges = ward(Float64Array.from([0, 1, 5, 5.5, 12]), 1);
  expect(merges.map(({ left, right, size }) => [left, right, size])).toEqual([
    [2, 3, 2],
    [0, 1, 2],
    [6, 5, 4],
    [7, 4, 5],
  ]);
  const heights = [0.5, 1, 6.717514421272201, 11.542313459614585];
  merges.forEach(({ height }, i) => {
    expect(height).toBeCloseTo(heights[i]!, 9);
  });
});

/** Merges the nearest two of all clusters again and again. */
function naiveHeights(points: Float64Array, dim: number): number[] {
  let clusters = Array.from({ length: points.length / dim }, (_, i) => [i]);
  const mean = (cluster: number[], d: number) =>
    cluster.reduce((sum, i) => sum + points[i * dim + d]!, 0) / cluster.length;
  const heights: number[] = [];
  while (clusters.length > 1) {
    let best = { a: 0, b: 1, height: Number.POSITIVE_INFINITY };
    clusters.forEach((first, a) => {
      clusters.slice(0, a).forEach((second, b) => {
        let squared = 0;
        for (let d = 0; d < dim; d++) squared += (mean(first, d) - mean(second, d)) ** 2;
        const weight = (first.length * second.length) / (first.length + second.length);
        const height = Math.sqrt(2 * squared * weight);
        if (height < best.height) best = { a, b, height };
      });
    });
    const joined = [...clusters[best.a]!, ...clusters[best.b]!];
    clusters = [...clusters.filter((_, i) => i !== best.a && i !== best.b), joined];
    heights.push(best.height);
  }
  return heights;
}

test("the heights of a search over all pairs", () => {
  const rng = random(5);
  const points = Float64Array.from({ length: 60 }, () => rng.normal());
  const heights = ward(points, 3).map(({ height }) => height);
  naiveHeights(points, 3).forEach((height, i) => {
    expect(heights[i]).toBeCloseTo(height, 9);
  });
});

/** Each node is once a child, after it is made, and no higher than what holds it. */
function expectTree(merges: readonly Merge[], n: number): void {
  expect(merges).toHaveLength(n - 1);
  const children = merges.flatMap(({ left, right }) => [left, right]);
  expect(children.sort((a, b) => a - b)).toEqual(Array.from({ length: 2 * n - 2 }, (_, node) => node));
  merges.forEach(({ left, right, height, size }, place) => {
    const below = [left, right].map((node) => merges[node - n]);
    expect(Math.max(left, right)).toBeLessThan(n + place);
    expect(size).toBe(below.reduce((sum, merge) => sum + (merge?.size ?? 1), 0));
    for (const merge of below) expect(height).toBeGreaterThanOrEqual(merge?.height ?? 0);
  });
}

test("points that are all equally far apart make a tree", () => {
  for (let n = 2; n < 64; n++) {
    const corners = Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
    expectTree(ward(corners, n), n);
  }
});

test("points that differ by rounding alone make a tree, whatever they are", () => {
  const cases = fc.record({
    n: fc.integer({ min: 2, max: 80 }),
    dim: fc.integer({ min: 1, max: 4 }),
    places: fc.integer({ min: 1, max: 5 }),
    noise: fc.constantFrom(0, 1e-16, 1e-15, 1e-12, 1),
    seed: fc.nat(),
  });
  const property = fc.property(cases, ({ n, dim, places, noise, seed }) => {
    const rng = random(seed);
    const means = Float64Array.from({ length: places * dim }, () => rng.normal());
    const points = Float64Array.from({ length: n * dim }, (_, at) => {
      return means[(Math.floor(at / dim) % places) * dim + (at % dim)]! + noise * rng.normal();
    });
    expectTree(ward(points, dim), n);
  });
  // Here rounding makes the nearest cluster one that the chain has passed.
  const examples: [{ n: number; dim: number; places: number; noise: number; seed: number }][] = [
    [{ n: 48, dim: 2, places: 4, noise: 1e-16, seed: 2147483633 }],
  ];
  fc.assert(property, { numRuns: 300, examples });
});

test("a tree of parts holds each part whole, and heights grow upwards", () => {
  const rng = random(6);
  const points = Float64Array.from({ length: 80 }, () => rng.normal());
  const parts = [0, 1, 2].map((part) => Int32Array.from({ length: 40 }, (_, i) => i).filter((i) => i % 3 === part));
  const tree = treeOfParts(points, 2, parts);
  expect(tree.merges).toHaveLength(39);
  const leaves = new Int32Array(40);
  tree.nodes.forEach((node, part) => {
    expect(lists(cutTree({ leaves, ...tree }, 1, node))).toEqual(lists([parts[part]!]));
  });
  expect(lists(cutTree({ leaves, ...tree }, 3)).sort()).toEqual(lists(parts).sort());
  tree.merges.forEach(({ left, right, height }) => {
    for (const child of [left, right]) {
      if (child >= 40) expect(height).toBeGreaterThanOrEqual(tree.merges[child - 40]!.height);
    }
  });
  for (const count of [1, 2, 7, 40, 99]) {
    const cut = cutTree({ leaves, ...tree }, count);
    expect(cut).toHaveLength(Math.min(count, 40));
    expect(cut.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual([...leaves.keys()]);
  }
});
