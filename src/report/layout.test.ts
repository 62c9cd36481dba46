import { expect, it } from "vitest";
import { random } from "../core/index.ts";
import { layout } from "./layout.ts";

const dim = 8;
const count = 60;
const rng = random(3);
/** Three bunches of directions. */
const features = Float32Array.from({ length: count * dim }, (_, i) => {
  const bunch = Math.floor(i / dim) % 3;
  return (i % dim === bunch ? 4 : 0) + 0.4 * rng.normal();
});

it("keeps bunches together, is the same for the same seed and within the unit square", async () => {
  const made = await layout({ features, dim }, { most: count, seed: 1 });
  expect(await layout({ features, dim }, { most: count, seed: 1 })).toEqual(made);
  expect(Math.min(...made.positions)).toBeCloseTo(0);
  expect(Math.max(...made.positions)).toBeCloseTo(1);
  const distance = (a: number, b: number) =>
    Math.hypot(
      made.positions[2 * a]! - made.positions[2 * b]!,
      made.positions[2 * a + 1]! - made.positions[2 * b + 1]!,
    );
  for (let i = 0; i < count; i++) {
    const others = [...Array(count).keys()].filter((j) => j !== i).sort((a, b) => distance(i, a) - distance(i, b));
    expect(others.slice(0, 5).filter((j) => j % 3 === i % 3).length, `image ${i}`).toBeGreaterThanOrEqual(4);
  }
});

it("draws as many images as it may, by the seed", async () => {
  const drawn = async (seed: number) => (await layout({ features, dim }, { most: 20, seed })).indices;
  const indices = await drawn(1);
  expect(indices).toHaveLength(20);
  expect([...indices].sort((a, b) => a - b)).toEqual(indices);
  expect(new Set(indices).size).toBe(20);
  expect(await drawn(2)).not.toEqual(indices);
});

it("does not fail on equal images", async () => {
  const { positions } = await layout({ features: new Float32Array(10 * dim).fill(1), dim }, { most: 10, seed: 0 });
  expect(positions.every(Number.isFinite)).toBe(true);
});

it("tells how far it is and can be stopped", async () => {
  const told: number[] = [];
  await layout({ features, dim }, { most: 20, seed: 1, progress: (done) => told.push(done) });
  expect(told).toEqual([...told.keys()].map((i) => i + 1));
  const stopped = layout({ features, dim }, { most: 20, seed: 1, signal: AbortSignal.abort(new Error("stop")) });
  await expect(stopped).rejects.toThrow("stop");
});
