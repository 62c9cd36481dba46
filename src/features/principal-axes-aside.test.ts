import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { principalAxes, principalAxesAside } from "./index.ts";

const DIM = 192;
const rng = random(7);
const features = Float32Array.from({ length: 400 * DIM }, () => rng.normal());

test("another thread gives the same bits, and this one goes on meanwhile", async () => {
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  const found = await principalAxesAside({ features, dim: DIM, most: 64 });
  clearInterval(counter);
  expect(found).toEqual(principalAxes(features, DIM, 64));
  expect(found.axes).toHaveLength(64);
  expect(turns).toBeGreaterThan(5);
  expect(features).toHaveLength(400 * DIM);
});

test("few and narrow features are worth no thread", async () => {
  const few = features.subarray(0, 100 * 8);
  const turn = new Promise((resolve) => setImmediate(() => resolve("a turn")));
  const found = await Promise.race([turn, principalAxesAside({ features: few, dim: 8, most: 8 })]);
  expect(found).toEqual(principalAxes(few, 8, 8));
});

test("the thread ends where nobody waits for it any more", async () => {
  const stop = new AbortController();
  const waiting = principalAxesAside({ features, dim: DIM, most: 64 }, stop.signal);
  setImmediate(() => stop.abort(new Error("enough")));
  await expect(waiting).rejects.toThrow("enough");
  await expect(principalAxesAside({ features, dim: DIM, most: 64 }, stop.signal)).rejects.toThrow("enough");
});
