import { expect, it } from "vitest";
import { hardestConfusions } from "./confusions.ts";

// On a circle: a a b b | c d of another coarse class right among them.
const degrees = [0, 10, 12, 40, 11, 13];
const features = Float32Array.from(
  degrees.flatMap((d) => [5 * Math.cos((d * Math.PI) / 180), 5 * Math.sin((d * Math.PI) / 180)]),
);
const dataset = {
  length: 6,
  coarse: Int32Array.from([0, 0, 0, 0, 1, 1]),
  fine: Int32Array.from([0, 0, 1, 1, 2, 3]),
};

it("counts nearest neighbours of another fine class within the coarse class, each way", async () => {
  const { pairs, queries } = await hardestConfusions(dataset, { features, dim: 2 });
  expect(queries).toBe(6);
  // 0 finds 1 (right); 1 and 2 find each other; 3 finds 2 (right); the two alone in their classes find each other.
  expect(pairs).toEqual([
    { coarse: 0, a: 0, b: 1, aToB: 1, bToA: 1, share: 0.5, example: [1, 2] },
    { coarse: 1, a: 2, b: 3, aToB: 1, bToA: 1, share: 1, example: [4, 5] },
  ]);
  expect((await hardestConfusions(dataset, { features, dim: 2 }, { most: 1 })).pairs).toHaveLength(1);
});

it("has nothing to say without fine labels", async () => {
  expect(await hardestConfusions({ ...dataset, fine: undefined }, { features, dim: 2 })).toEqual({
    pairs: [],
    queries: 0,
  });
});

it("can be stopped", async () => {
  const stopped = hardestConfusions(dataset, { features, dim: 2 }, { signal: AbortSignal.abort(new Error("stop")) });
  await expect(stopped).rejects.toThrow("stop");
});
