import { expect, it } from "vitest";
import { random } from "../core/index.ts";
import { hardestConfusions } from "./confusions.ts";

// On a circle: a a b b | c d of another coarse class right among them.
const degrees = [0, 10, 12, 40, 11, 13];
const features = Float32Array.from(
  degrees.flatMap((d) => [5 * Math.cos((d * Math.PI) / 180), 5 * Math.sin((d * Math.PI) / 180)]),
);
const dataset = {
  coarse: Int32Array.from([0, 0, 0, 0, 1, 1]),
  fine: Int32Array.from([0, 0, 1, 1, 2, 3]),
};

it("counts nearest neighbours of another fine class within the coarse class, each way", async () => {
  const pairs = await hardestConfusions(dataset, { features, dim: 2 });
  // 0 finds 1 (right); 1 and 2 find each other; 3 finds 2 (right); the two alone in their classes find each other.
  expect(pairs).toEqual([
    { coarse: 0, a: 0, b: 1, aToB: 1, bToA: 1, share: 0.5, example: [1, 2] },
    { coarse: 1, a: 2, b: 3, aToB: 1, bToA: 1, share: 1, example: [4, 5] },
  ]);
  expect(await hardestConfusions(dataset, { features, dim: 2 }, { most: 1 })).toHaveLength(1);
});

it("asks every image, also of sets that take billions of multiplications", async () => {
  const [half, dim] = [3000, 600];
  const rng = random(4);
  const one = Float32Array.from({ length: half * dim }, () => rng.normal());
  const features = new Float32Array(2 * half * dim);
  // Every image has an exact twin of the other fine class.
  features.set(one);
  features.set(one, half * dim);
  const fine = Int32Array.from({ length: 2 * half }, (_, i) => Number(i >= half));
  expect(await hardestConfusions({ coarse: new Int32Array(2 * half), fine }, { features, dim })).toMatchObject([
    { a: 0, b: 1, aToB: half, bToA: half, share: 1 },
  ]);
});

it("can be stopped", async () => {
  const stopped = hardestConfusions(dataset, { features, dim: 2 }, { signal: AbortSignal.abort(new Error("stop")) });
  await expect(stopped).rejects.toThrow("stop");
});
