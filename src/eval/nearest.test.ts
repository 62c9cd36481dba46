import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { forEachNearest } from "./nearest.ts";
import { rowScales } from "./normalize.ts";
import { bitsOf, keyOf, sorter } from "./rank-order.ts";
import { createSimilarity } from "./similarity.ts";

interface Listed {
  readonly entries: readonly number[];
  readonly similarities: readonly number[];
}

async function listsOf(o: {
  features: Float32Array;
  dim: number;
  members: Int32Array;
  depths: Int32Array;
  memory?: number;
}): Promise<Listed[]> {
  const similarity = await createSimilarity(o.dim, 1);
  const lists: Listed[] = [];
  try {
    const search = { memory: 2 ** 20, ...o, similarity, scales: rowScales(o.features, o.dim) };
    await forEachNearest(search, ({ query, count, entries, similarity: at }) => {
      expect(query).toBe(lists.length);
      lists.push({ entries: [...entries], similarities: Array.from({ length: count }, (_, i) => at(i)) });
    });
  } finally {
    await similarity.close();
  }
  return lists;
}

/** By definition, in float64; exact for rows of +-1. */
function naiveLists(o: { features: Float32Array; dim: number; members: Int32Array; depths: Int32Array }): number[][] {
  const { features, dim, members, depths } = o;
  const dot = (a: number, b: number) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += features[a * dim + d]! * features[b * dim + d]!;
    return sum;
  };
  return Array.from(members, (member, query) =>
    Array.from(members.keys())
      .filter((i) => i !== query)
      .map((i) => ({ i, value: dot(member, members[i]!) }))
      .sort((a, b) => b.value - a.value || a.i - b.i)
      .slice(0, depths[query]!)
      .map(({ i }) => i),
  );
}

const signs = (n: number, dim: number, seed: number) => {
  const rng = random(seed);
  return Float32Array.from({ length: n * dim }, () => (rng.integer(2) ? 1 : -1));
};

test("lists are those of a full stable sort, ties included, whatever the depths and the memory", async () => {
  const cases = fc.record({
    n: fc.integer({ min: 1, max: 70 }),
    dim: fc.constantFrom(1, 4, 16),
    most: fc.integer({ min: 0, max: 80 }),
    memory: fc.constantFrom(1, 5_000, 2 ** 20),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, dim, most, memory, seed }) => {
      const rng = random(seed, 1);
      const depths = Int32Array.from({ length: n }, () => rng.integer(most + 1));
      const members = Int32Array.from({ length: n }, (_, i) => i).filter(() => rng.integer(4) > 0);
      const o = { features: signs(n, dim, seed), dim, members, depths: depths.subarray(0, members.length), memory };
      expect((await listsOf(o)).map(({ entries }) => entries)).toEqual(naiveLists(o));
    }),
    { numRuns: 60 },
  );
});

test("lists that are cut many times, in several blocks and tiles, stay exact", async () => {
  const [n, dim] = [2300, 16];
  const depths = Int32Array.from({ length: n }, (_, i) => [1, 7, 300, 900][i % 4]!);
  const o = { features: signs(n, dim, 9), dim, members: Int32Array.from({ length: n }, (_, i) => i), depths };
  const lists = await listsOf({ ...o, memory: 700 * 8 * 600 });
  const wrong = naiveLists(o).filter((entries, query) => `${entries}` !== `${lists[query]!.entries}`);
  expect(wrong).toHaveLength(0);
  expect(lists[0]!.similarities[0]).toBeLessThanOrEqual(1.000001);
});

test("keys order every similarity as numbers do, and give it back", () => {
  const values = Float32Array.from([1.0000001, 1, 0.5, 1e-30, 0, -0, -1e-30, -0.25, -1, -1.0000001]);
  const keys = [...new Int32Array(values.buffer)].map(keyOf);
  expect(keys).toEqual([...keys].sort((a, b) => a - b));
  expect(keys[4]).toBe(keys[5]);
  expect(new Set(keys).size).toBe(values.length - 1);
  const back = new Float32Array(Int32Array.from(keys, bitsOf).buffer);
  expect([...back].map((value) => value + 0)).toEqual([...values].map((value) => value + 0));
});

test("the radix sort is stable at every size", () => {
  const { sort } = sorter(5000);
  for (const [count, spread] of [
    [0, 1],
    [1, 10],
    [300, 3],
    [300, 2 ** 31],
    [5000, 40],
    [5000, 2 ** 31],
  ] as const) {
    const rng = random(count, spread);
    const keys = Int32Array.from({ length: count + 4 }, () => rng.integer(spread));
    const entries = keys.map((_, i) => i);
    const expected = [...keys.subarray(2, 2 + count)].map((key, i) => [key, i + 2] as const);
    expected.sort(([a, i], [b, j]) => a - b || i - j);
    sort(keys, entries, 2, count);
    expect([...keys.subarray(2, 2 + count)]).toEqual(expected.map(([key]) => key));
    expect([...entries.subarray(2, 2 + count)]).toEqual(expected.map(([, i]) => i));
    expect([entries[0], entries[1], entries[count + 2], entries[count + 3]]).toEqual([0, 1, count + 2, count + 3]);
  }
});
