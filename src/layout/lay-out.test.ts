import { UMAP } from "umap-js";
import { expect, it } from "vitest";
import { unitRows } from "../../test/collection-samples.ts";
import { random } from "../core/index.ts";
import { fashionMnistDemo } from "../data/index.ts";
import { nearestNeighbours, normalizeRows } from "../eval/index.ts";
import { layOut, NEIGHBOURS } from "./lay-out.ts";

/** How well the `k` nearest in the plane [n, 2] agree with those among the rows. */
function quality(places: ArrayLike<number>, rows: Float32Array, dim: number, k: number) {
  const n = rows.length / dim;
  const cosine = (i: number) => (j: number) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += rows[i * dim + d]! * rows[j * dim + d]!;
    return -sum;
  };
  const inPlane = (i: number) => (j: number) =>
    Math.hypot(places[2 * i]! - places[2 * j]!, places[2 * i + 1]! - places[2 * j + 1]!);
  const sorted = (i: number, distance: (j: number) => number) => {
    const far = Float64Array.from({ length: n }, (_, j) => distance(j));
    return [...far.keys()].filter((j) => j !== i).sort((a, b) => far[a]! - far[b]!);
  };
  let [kept, penalty] = [0, 0];
  for (let i = 0; i < n; i++) {
    const rank = new Map(sorted(i, cosine(i)).map((j, place) => [j, place + 1]));
    for (const j of sorted(i, inPlane(i)).slice(0, k)) {
      if (rank.get(j)! <= k) kept++;
      penalty += Math.max(0, rank.get(j)! - k);
    }
  }
  // Venna and Kaski 2001.
  const trustworthiness = 1 - (2 / (n * k * (2 * n - 3 * k - 1))) * penalty;
  return { kept: kept / (n * k), trustworthiness };
}

async function byUmap(rows: Float32Array, dim: number): Promise<number[]> {
  const n = rows.length / dim;
  const found = await nearestNeighbours({ features: rows, dim, count: NEIGHBOURS });
  const stream = random(7);
  const umap = new UMAP({ nNeighbors: NEIGHBOURS + 1, nEpochs: 500, random: () => stream.uniform() });
  const each = Array.from({ length: n }, (_, i) => i);
  const list = (all: Int32Array | Float32Array, i: number) => [
    ...all.subarray(i * NEIGHBOURS, i * NEIGHBOURS + NEIGHBOURS),
  ];
  umap.setPrecomputedKNN(
    each.map((i) => [i, ...list(found.rows, i)]),
    each.map((i) => [0, ...list(found.similarities, i).map((similarity) => Math.max(0, 1 - similarity))]),
  );
  return umap.fit(each.map(() => [0])).flat();
}

it("keeps as many neighbours as umap-js does", async () => {
  const { test } = await fashionMnistDemo();
  const { source } = test!;
  if (source.kind !== "memory") throw new Error("pixels are elsewhere");
  const [n, dim] = [600, 28 * 28];
  const pixels = new Uint8Array(source.pixels);
  const side = source.width;
  expect(side * source.height).toBe(dim);
  const rows = normalizeRows(
    Float32Array.from({ length: n * dim }, (_, i) => pixels[3 * i]!),
    dim,
  );
  const ours = quality(await layOut(rows, dim, { axes: 2, epochs: 500, seed: 1 }), rows, dim, 15);
  const theirs = quality(await byUmap(rows, dim), rows, dim, 15);
  const noise = quality(unitRows(n, 2, 1), rows, dim, 15);
  expect(ours.trustworthiness).toBeGreaterThan(theirs.trustworthiness - 0.005);
  expect(ours.kept).toBeGreaterThan(theirs.kept - 0.01);
  expect(ours.trustworthiness).toBeGreaterThan(0.93);
  // The measures tell a map from noise.
  expect(noise.trustworthiness).toBeLessThan(0.6);
});

it("gives the same bytes for the same seed on one thread and on two, and others for another", async () => {
  const rows = unitRows(300, 8, 3);
  const first = await layOut(rows, 8, { axes: 2, epochs: 500, seed: 5, threads: 1 });
  expect(await layOut(rows, 8, { axes: 2, epochs: 500, seed: 5, threads: 2 })).toEqual(first);
  expect(await layOut(rows, 8, { axes: 2, epochs: 500, seed: 6 })).not.toEqual(first);
});

it.each([2, 5])("places any few rows, equal ones and rows of zeros, on %i axes", async (axes) => {
  const o = { axes, epochs: 500, seed: 0 };
  for (const n of [0, 1, 2, 3, 20]) {
    const places = await layOut(new Float32Array(4 * n).fill(0.5), 4, o);
    expect(places).toHaveLength(axes * n);
    expect(places.every(Number.isFinite)).toBe(true);
  }
  const zeros = await layOut(new Float32Array(40), 4, o);
  expect(zeros.every(Number.isFinite)).toBe(true);
});

it("stops between epochs, and says how far it is", async () => {
  const stop = new AbortController();
  const phases: string[] = [];
  const making = layOut(unitRows(3000, 8, 3), 8, {
    ...{ axes: 2, epochs: 500, seed: 0, signal: stop.signal },
    progress: ({ phase, done, total }) => {
      phases.push(phase);
      if (phase === "layout" && done < total) stop.abort(new Error("enough"));
    },
  });
  await expect(making).rejects.toThrow("enough");
  expect(new Set(phases)).toEqual(new Set(["neighbours", "layout"]));
});
