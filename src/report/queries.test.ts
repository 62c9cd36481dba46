import { expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { queriesOf } from "./queries.ts";

it("takes the first images of every class", () => {
  const dataset = { fine: Int32Array.from([1, 0, 1, 1, 0, 2]) } as unknown as Dataset;
  expect(queriesOf(dataset, 2)).toEqual([1, 4, 0, 2, 5]);
  expect(queriesOf(dataset, 1, 1)).toEqual([4, 2]);
});
