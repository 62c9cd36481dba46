import { expect, test } from "vitest";
import { memberships } from "./fuzzy-graph.ts";

test("copies that rounding puts a little apart leave the width to the next images", () => {
  const written = (similarities: readonly number[]) => {
    const out = new Float64Array(similarities.length);
    memberships(similarities, 0, similarities.length, out);
    return out;
  };
  const exact = written([1, 1, 0.9, 0.8, 0.7, 0.6]);
  const rounded = written([1 - 6e-8, 1 - 1.2e-7, 0.9, 0.8, 0.7, 0.6]);
  rounded.forEach((value, i) => {
    expect(value).toBeCloseTo(exact[i]!, 6);
  });
});
