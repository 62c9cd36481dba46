import { expect, it } from "vitest";
import { type Random, random } from "../../core/index.ts";
import { autoAugment, cifar10Policy } from "./autoaugment.ts";
import { stage } from "./raster.ts";

const SIZE = 32;

function noise() {
  const s = stage();
  const rng = random(5);
  s.front = { width: SIZE, height: SIZE, data: Uint8Array.from({ length: SIZE * SIZE * 3 }, () => rng.integer(256)) };
  return s;
}

/** Draws 0 always (every operation happens, negative signs), and sub-policy `policy`. */
const forced = (policy: number): Random => ({ uniform: () => 0, integer: () => policy, normal: () => 0 });

it("has 25 sub-policies, each of which changes the image", () => {
  expect(cifar10Policy).toHaveLength(25);
  const untouched = noise().front.data;
  const results = cifar10Policy.map((_, i) => {
    const s = noise();
    autoAugment(s, forced(i));
    return Buffer.from(s.front.data.subarray(0, untouched.length)).toString("base64");
  });
  // Noise uses the whole range, so stretching the contrast alone leaves it as it is; equalising does not.
  for (const [i, result] of results.entries()) {
    expect([i, result !== Buffer.from(untouched).toString("base64")]).toEqual([i, true]);
  }
});

it("applies an operation as often as its probability says", () => {
  const untouched = Buffer.from(noise().front.data);
  let same = 0;
  const runs = 2000;
  for (let seed = 0; seed < runs; seed++) {
    const s = noise();
    autoAugment(s, random(seed));
    if (untouched.equals(s.front.data.subarray(0, untouched.length))) same++;
  }
  const expected = cifar10Policy.reduce((sum, [p, , , p2]) => sum + (1 - p) * (1 - p2), 0) / 25;
  // Autocontrast of full-range noise changes nothing, so somewhat more than neither operation happening.
  expect(same / runs).toBeGreaterThan(expected - 0.04);
  expect(same / runs).toBeLessThan(expected + 0.15);
});
