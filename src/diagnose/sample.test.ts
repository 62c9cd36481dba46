import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleAround, sampleImages } from "./sample.ts";

const sizes = fc.record({
  length: fc.integer({ min: 8, max: 400 }),
  batchSize: fc.integer({ min: 2, max: 8 }),
  queries: fc.integer({ min: 1, max: 60 }),
  queueSize: fc.integer({ min: 1, max: 300 }),
  seed: fc.nat(),
});

test("queries and queue never share an image, and fit whole batches", () => {
  fc.assert(
    fc.property(sizes, (o) => {
      const { queries, queue } = sampleImages(o);
      expect(new Set([...queries, ...queue]).size).toBe(queries.length + queue.length);
      expect(queries.length + queue.length).toBeLessThanOrEqual(Math.floor(o.length / o.batchSize) * o.batchSize);
      expect(Math.min(queries.length, queue.length)).toBeGreaterThan(0);
      const enough = Math.floor(o.length / o.batchSize) * o.batchSize >= o.queries + o.queueSize;
      if (enough) expect([queries.length, queue.length]).toEqual([o.queries, o.queueSize]);
    }),
  );
});

test("labelled images stand first in their own queue, which others fill up", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 8 }), (o, count) => {
      const labelled = Int32Array.from({ length: count }, (_, i) => o.length - 1 - i);
      const { queries, queue } = sampleAround(labelled, o);
      const most = Math.floor(o.length / o.batchSize) * o.batchSize;
      expect(queries.length).toBe(Math.min(count, most));
      expect([...queue.subarray(0, count)]).toEqual([...queries.subarray(0, queue.length)]);
      expect(new Set(queue).size).toBe(queue.length);
      expect(queue.length).toBe(Math.min(most, o.queueSize));
      expect(queries.every((place) => labelled.includes(place))).toBe(true);
    }),
  );
});

test("less than a batch is refused", () => {
  expect(() => sampleImages({ length: 5, batchSize: 8, queries: 1, queueSize: 1, seed: 0 })).toThrow(
    "diagnose: expected at least one batch of 8 training images, found 5 images",
  );
});
