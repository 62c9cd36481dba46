import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { partition } from "./partition.ts";
import { silhouettes } from "./silhouettes.ts";

/** Points of Gaussians around centres on a line. */
function onLine(centres: readonly number[], each: number, deviation: number): Float64Array {
  const rng = random(3);
  return Float64Array.from(
    centres.flatMap((centre) => Array.from({ length: each }, () => centre + deviation * rng.normal())),
  );
}

const sizes = (parts: readonly Int32Array[]) => parts.map(({ length }) => length);

test("a part of too few points is no part", async () => {
  const points = Float64Array.from({ length: 63 }, (_, i) => (i < 30 ? 0 : i < 60 ? 10 : 100) + i / 100);
  const three = { least: 3, most: 3 };
  expect(sizes(await partition(points, 1, three, 3))).toEqual([30, 30, 3]);
  expect(sizes(await partition(points, 1, three, 10))).toEqual([63]);
  expect((await partition(points.subarray(0, 60), 1, three, 10)).every((part) => part.length >= 10)).toBe(true);
});

test("of the counts that there may be the most, or a clearly better one", async () => {
  const three = onLine([0, 10, 20], 40, 1);
  expect(sizes(await partition(three, 1, { least: 3, most: 6 }))).toEqual([40, 40, 40]);
  expect((await partition(three, 1, { least: 4, most: 6 })).length).toBeGreaterThanOrEqual(4);
  // Evenly spread: no count is clearly better.
  const even = Float64Array.from({ length: 120 }, (_, i) => i);
  expect(await partition(even, 1, { least: 3, most: 6 })).toHaveLength(6);
});

test("silhouettes are those of the definition", async () => {
  const cases = fc.record({
    points: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 4, maxLength: 24 }),
    counts: fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ points, counts }) => {
      const partitions = counts.map((count) =>
        Array.from({ length: count }, (_, part) => Int32Array.from(points.keys()).filter((i) => i % count === part)),
      );
      const found = await silhouettes(Float64Array.from(points), 1, partitions);
      counts.forEach((count, at) => {
        const each = points.map((point, i) => {
          const meanTo = (part: number) => {
            const others = points.filter((_, j) => j !== i && j % count === part);
            return others.reduce((sum, other) => sum + Math.abs(point - other), 0) / others.length;
          };
          const own = i % count;
          if (points.filter((_, j) => j % count === own).length === 1) return 0;
          const [a, b] = [
            meanTo(own),
            Math.min(
              ...Array.from({ length: count }, (_, part) => (part === own ? Number.POSITIVE_INFINITY : meanTo(part))),
            ),
          ];
          return Math.max(a, b) === 0 ? 0 : (b - a) / Math.max(a, b);
        });
        expect(found[at]).toBeCloseTo(each.reduce((sum, value) => sum + value, 0) / points.length, 10);
      });
    }),
  );
});
