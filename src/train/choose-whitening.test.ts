import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { chooseWhitening } from "./choose-whitening.ts";

const DIM = 24;

/** Rows whose coarse class moves `axis`; axes 0 and 1 vary ten times as much as the others. */
function rowsOf(n: number, axis: number) {
  const rng = random(3, axis);
  const coarse = Int32Array.from({ length: n }, (_, i) => i % 2);
  const features = new Float32Array(n * DIM);
  for (let row = 0; row < n; row++) {
    for (let i = 0; i < DIM; i++) {
      const deviation = i < 2 ? 10 : 1;
      const moved = i === axis ? (coarse[row]! - 0.5) * 2.5 * deviation : 0;
      features[row * DIM + i] = moved + deviation * rng.normal();
    }
  }
  return { features, dim: DIM, coarse, most: DIM };
}

test("classes along a weak axis are found with all of whitening", async () => {
  const { shrinkage, recall } = await chooseWhitening(rowsOf(400, 20));
  expect(shrinkage).toBe(1);
  expect(recall.get(1)).toBeGreaterThan(recall.get(30)!);
});

test("classes along a strong axis, with hardly any", async () => {
  const { shrinkage, recall, whitening } = await chooseWhitening(rowsOf(400, 0));
  expect(shrinkage).toBe(30);
  expect(recall.get(30)).toBeGreaterThan(recall.get(1)!);
  expect(whitening.width).toBe(DIM);
});

test("one coarse class says nothing: the first is taken", async () => {
  const { features, ...rest } = rowsOf(50, 0);
  expect((await chooseWhitening({ ...rest, features, coarse: new Int32Array(50) })).shrinkage).toBe(1);
});

test.each<[string, object, string]>([
  ["another number of labels", { coarse: new Int32Array(49) }, "found 1200 numbers, F 24, 49 labels"],
  ["another width", { dim: 23 }, "found 1200 numbers, F 23, 50 labels"],
  ["no images", { features: new Float32Array(0), coarse: new Int32Array(0) }, "found 0 numbers, F 24, 0 labels"],
  ["no axes", { most: 0 }, "most: expected a whole number of at least 1, found 0"],
  ["no number", { features: new Float32Array(1200).fill(Number.NaN, 7) }, "expected finite numbers, found NaN at 7"],
])("%s: refused", async (_, change, message) => {
  await expect(chooseWhitening({ ...rowsOf(50, 0), ...change })).rejects.toThrow(message);
});

test("features that do not vary have no axis", async () => {
  const { whitening } = await chooseWhitening({ ...rowsOf(8, 0), features: new Float32Array(8 * DIM).fill(1) });
  expect(whitening.width).toBe(0);
});
