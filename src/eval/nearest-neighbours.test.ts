import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { type NearestNeighbours, type NeighbourOptions, nearestNeighbours } from "./nearest-neighbours.ts";

type Numbered = NeighbourOptions & { readonly queries?: readonly number[]; readonly within?: Int32Array };

/** By definition, in float64: every other row of the query's group, sorted by falling cosine and then by row. */
function naive({ features, dim, count, queries, within }: Numbered): { row: number; similarity: number }[][] {
  const n = features.length / dim;
  const all = Array.from({ length: n }, (_, i) => i);
  const row = (i: number) => Float64Array.from(features.subarray(i * dim, (i + 1) * dim));
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, d) => sum + value * b[d]!, 0);
  const cosine = (i: number, j: number) => {
    const lengths = Math.sqrt(dot(row(i), row(i)) * dot(row(j), row(j)));
    return lengths === 0 ? 0 : dot(row(i), row(j)) / lengths;
  };
  return (queries ?? all).map((query) =>
    all
      .filter((i) => i !== query && (!within || within[i] === within[query]))
      .map((i) => ({ row: i, similarity: cosine(query, i) }))
      .sort((a, b) => b.similarity - a.similarity || a.row - b.row)
      .slice(0, count),
  );
}

/** Each query's list without the room that is left. */
const listsOf = ({ count, rows, similarities }: NearestNeighbours) =>
  Array.from({ length: rows.length / count }, (_, query) =>
    Array.from({ length: count }, (_, place) => query * count + place)
      .filter((at) => rows[at]! >= 0)
      .map((at) => ({ row: rows[at]!, similarity: similarities[at]! })),
  );

const cases = fc.record({
  n: fc.integer({ min: 2, max: 60 }),
  dim: fc.constantFrom(1, 4, 16),
  count: fc.constantFrom(1, 3, 70),
  groups: fc.integer({ min: 1, max: 5 }),
  asked: fc.option(fc.array(fc.nat(), { maxLength: 80 }), { nil: undefined }),
  memory: fc.constantFrom(1, 5000, 2 ** 24),
  seed: fc.nat(),
});

function drawn({ n, groups, asked, seed, ...rest }: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const rng = random(seed);
  const queries = asked && { queries: asked.map((at) => at % n) };
  const within = Int32Array.from({ length: n }, () => rng.integer(groups));
  return { ...rest, ...queries, ...(groups > 1 && { within }), n, rng, threads: 1 };
}

test("rows are those of sorting everything, ties and duplicates included", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const { n, rng, ...o } = drawn(given);
      // Cosines of rows of +-1 are multiples of 1 / dim, exact in float32.
      const features = Float32Array.from({ length: n * o.dim }, () => (rng.integer(2) ? 1 : -1));
      expect(listsOf(await nearestNeighbours({ ...o, features }))).toEqual(naive({ ...o, features }));
    }),
    { numRuns: 80 },
  );
});

test("of any features, no row is left out that is nearer by more than rounding", async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (given) => {
      const { n, rng, ...o } = drawn(given);
      const lengths = [1e-20, 1, 1e15, 0];
      const features = Float32Array.from({ length: n * o.dim }, () => rng.normal());
      features.forEach((value, i) => {
        features[i] = value * lengths[Math.floor(i / o.dim) % (lengths.length + 3)]! || value;
      });
      const found = listsOf(await nearestNeighbours({ ...o, features }));
      const expected = naive({ ...o, features });
      expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
      found.forEach((list, query) => {
        expect(new Set(list.map(({ row }) => row)).size).toBe(list.length);
        list.forEach(({ similarity }, place) => {
          expect(Math.abs(similarity - expected[query]![place]!.similarity)).toBeLessThan(1e-6);
        });
      });
    }),
    { numRuns: 60 },
  );
});

test("exact duplicates tie to the bit, in every block and tile and with any number of threads", async () => {
  const [n, dim, copies] = [700, 96, 4];
  const rng = random(2);
  const one = Float32Array.from({ length: n * dim }, () => rng.normal());
  const features = new Float32Array(copies * n * dim);
  for (let copy = 0; copy < copies; copy++) features.set(one, copy * n * dim);
  const expected = Array.from({ length: copies * n }, (_, i) =>
    Array.from({ length: copies }, (_, copy) => copy * n + (i % n)).filter((row) => row !== i),
  );
  const first = await nearestNeighbours({ features, dim, count: copies - 1, threads: 1 });
  expect([...first.rows]).toEqual(expected.flat());
  for (const threads of [2, 3]) {
    expect(await nearestNeighbours({ features, dim, count: copies - 1, threads, memory: 2 ** 18 })).toEqual(first);
  }
});

test("of no rows, one, or none to ask for there is nothing to find", async () => {
  const none = { count: 0, rows: new Int32Array(), similarities: new Float32Array() };
  expect(await nearestNeighbours({ features: new Float32Array(), dim: 3, count: 5 })).toEqual(none);
  expect(await nearestNeighbours({ features: new Float32Array(3), dim: 3, count: 5 })).toEqual(none);
  const two = { features: Float32Array.of(1, 2, 3, 4), dim: 2 };
  expect(await nearestNeighbours({ ...two, count: 5, queries: [] })).toEqual({ ...none, count: 1 });
  expect(await nearestNeighbours({ ...two, count: 5, within: ["a", "b"] })).toEqual({
    ...{ count: 1, rows: Int32Array.of(-1, -1), similarities: new Float32Array(2) },
  });
});

test("progress goes to its end, and an abort ends the search", async () => {
  const features = Float32Array.from({ length: 3000 * 4 }, (_, i) => Math.sin(i));
  const within = Int32Array.from({ length: 3000 }, (_, i) => (i < 2990 ? i % 3 : i));
  const told: number[][] = [];
  const progress = ({ done, total }: { done: number; total: number }) => void told.push([done, total]);
  await nearestNeighbours({ features, dim: 4, count: 2, within, progress });
  expect(told.length).toBeGreaterThan(2);
  expect(told.at(-1)![0]).toBe(told.at(-1)![1]);
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(nearestNeighbours({ features, dim: 4, count: 2, signal })).rejects.toThrow("enough");
});

test("more neighbours than memory holds are refused", async () => {
  const many = { features: new Float32Array(100_000), dim: 1, count: 99_999 };
  await expect(nearestNeighbours(many)).rejects.toThrow(
    "count: expected at most 21474 for 100000 queries, found 99999; ask for fewer queries at a time",
  );
});
