import { expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { nearestImages, queriesOf } from "./neighbours.ts";

it("orders by cosine similarity, without the query and whatever the lengths", () => {
  const features = Float32Array.from([1, 0, 10, 1, 0, 5, 3, 3, -2, 0, 0, 0]);
  const found = nearestImages({ features, dim: 2 }, 0, 3);
  expect(found.map(({ index }) => index)).toEqual([1, 3, 2]);
  expect(found[1]!.similarity).toBeCloseTo(Math.SQRT1_2);
  expect(nearestImages({ features, dim: 2 }, 0, 99)).toHaveLength(5);
});

it("prefers the lower index among equals", () => {
  const features = Float32Array.from([1, 1, 1, 1]);
  expect(nearestImages({ features, dim: 1 }, 2, 2).map(({ index }) => index)).toEqual([0, 1]);
});

it("takes the first images of every class", () => {
  const dataset = { fine: Int32Array.from([1, 0, 1, 1, 0, 2]) } as unknown as Dataset;
  expect(queriesOf(dataset, 2)).toEqual([1, 4, 0, 2, 5]);
  expect(queriesOf(dataset, 1, 1)).toEqual([4, 2]);
});
