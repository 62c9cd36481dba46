import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unitRows } from "../../test/collection-samples.ts";
import { random } from "../core/index.ts";
import { normalizeRows } from "../eval/index.ts";
import { type DotProducts, exactProduct, openDotProducts, productError } from "./dot-products.ts";
import { mostSimilar } from "./most-similar.ts";

const DIMS = [1, 3, 64, 257];
const products = new Map<number, DotProducts>();
beforeAll(async () => {
  for (const dim of DIMS) products.set(dim, await openDotProducts(dim));
});
afterAll(async () => {
  for (const opened of products.values()) await opened.close();
});

/** As anybody would write it. */
function oracle(vectors: Float32Array, dim: number, query: Float32Array, allowed: Uint8Array, count: number) {
  const scored = [];
  for (let row = 0; row < allowed.length; row++) {
    if (!allowed[row]) continue;
    let score = 0;
    for (let i = 0; i < dim; i++) score += vectors[row * dim + i]! * query[i]!;
    scored.push({ row, score });
  }
  scored.sort((a, b) => b.score - a.score || a.row - b.row);
  return scored.slice(0, count);
}

/** Rows in few places, so that many are equal, and others differ by one rounding. */
function crowded(rows: number, dim: number, seed: number): Float32Array {
  const rng = random(seed, dim);
  const places = unitRows(5, dim, seed);
  const all = new Float32Array(rows * dim);
  for (let row = 0; row < rows; row++) {
    const place = rng.integer(5);
    all.set(places.subarray(place * dim, (place + 1) * dim), row * dim);
    if (rng.uniform() < 0.4) all[row * dim + rng.integer(dim)]! *= 1 + 2 ** -23;
  }
  return all;
}

describe("the most similar rows", () => {
  it("are those of a float64 loop, ids and order, whatever passes the filter", { timeout: 120_000 }, async () => {
    const shares = fc.constantFrom(1, 0.5, 0.05, 0.005, "one" as const, "none" as const);
    const cases = fc.record({
      ...{ rows: fc.integer({ min: 1, max: 3000 }), dim: fc.constantFrom(...DIMS), seed: fc.nat(1e6), share: shares },
      ...{ count: fc.constantFrom(1, 2, 20, 500), kind: fc.constantFrom("noise", "crowded", "equal", "zeros") },
    });
    let found = 0;
    const check = fc.asyncProperty(cases, async ({ rows, dim, seed, share, count, kind }) => {
      const rng = random(seed, 1);
      const vectors = {
        noise: () => unitRows(rows, dim, seed),
        crowded: () => crowded(rows, dim, seed),
        equal: () => normalizeRows(new Float32Array(rows * dim).fill(1), dim),
        zeros: () => unitRows(rows, dim, seed).map((value, i) => (Math.floor(i / dim) % 3 ? value : 0)),
      }[kind]();
      const one = rng.integer(rows);
      const passes = (row: number) =>
        share === "one" ? row === one : share !== "none" && (share === 1 || rng.uniform() < share);
      const allowed = Uint8Array.from({ length: rows }, (_, row) => (passes(row) ? 1 : 0));
      const query = rng.uniform() < 0.5 ? unitRows(1, dim, seed + 1) : vectors.slice(one * dim, (one + 1) * dim);
      const result = await mostSimilar({ vectors, dim, query, allowed, count, products: products.get(dim)! });
      const expected = oracle(vectors, dim, query, allowed, count);
      expect([...result.positions]).toEqual(expected.map(({ row }) => row));
      expect([...result.scores]).toEqual(expected.map(({ score }) => score));
      found += expected.length;
    });
    await fc.assert(check, { numRuns: 300, seed: 1 });
    expect(found).toBeGreaterThan(2000);
  });

  it("are those of the loop where rows are copied together, adjacent or not, more than at once", async () => {
    const [rows, dim] = [40_000, 3];
    const vectors = unitRows(rows, dim, 4);
    const rng = random(4, 4);
    const masks: ((row: number) => boolean)[] = [
      (row) => row >= 7000 && row < 11_500,
      () => rng.uniform() < 0.11,
      (row) => row % 40 < 4,
    ];
    for (const passes of masks) {
      const allowed = Uint8Array.from({ length: rows }, (_, row) => (passes(row) ? 1 : 0));
      const query = unitRows(1, dim, 6);
      const result = await mostSimilar({ vectors, dim, query, allowed, count: 50, products: products.get(dim)! });
      const expected = oracle(vectors, dim, query, allowed, 50);
      expect([...result.positions]).toEqual(expected.map(({ row }) => row));
      expect([...result.scores]).toEqual(expected.map(({ score }) => score));
    }
  });

  it("differ from the order of float32 products, so that the test can fail", async () => {
    const [rows, dim] = [3000, 257];
    const vectors = crowded(rows, dim, 7);
    const query = unitRows(1, dim, 8);
    const scores = (await products.get(dim)!.of(vectors, query)).slice();
    const byFloat32 = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b).slice(0, 500);
    const exact = oracle(vectors, dim, query, new Uint8Array(rows).fill(1), 500).map(({ row }) => row);
    expect(byFloat32).not.toEqual(exact);
  });
});

it("float32 products are within the bound, and not a thousand times closer", async () => {
  for (const dim of DIMS.slice(1)) {
    const vectors = unitRows(2000, dim, 3);
    const query = vectors.slice(0, dim);
    const scores = await products.get(dim)!.of(vectors, query);
    let most = 0;
    scores.forEach((score, row) => {
      most = Math.max(most, Math.abs(score - exactProduct(vectors, dim, row, query)));
    });
    expect(most).toBeLessThanOrEqual(productError(dim));
    expect(most).toBeGreaterThan(productError(dim) / 5000);
  }
});
