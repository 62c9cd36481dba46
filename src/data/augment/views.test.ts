import { describe, expect, it } from "vitest";
import { random } from "../../core/index.ts";
import { imagenetNormalization } from "../dataset.ts";
import { augmentNames } from "./names.ts";
import { RATIO, randomBox, SCALE } from "./random-crop.ts";
import { viewWriter } from "./views.ts";

const WIDTH = 50;
const HEIGHT = 35;
const rng = random(3);
/** Smooth enough to look like a picture, placed behind other bytes. */
const OFFSET = 17;
const data = Uint8Array.from(
  { length: OFFSET + WIDTH * HEIGHT * 3 },
  (_, i) => 120 + 60 * Math.sin(i / 40) + rng.integer(60),
);
const source = { width: WIDTH, height: HEIGHT, data, offset: OFFSET };

const view = (name: Parameters<typeof viewWriter>[0], size: number, seed: number) => {
  const out = new Float32Array(3 * size * size + 2).fill(99);
  viewWriter(name, size, imagenetNormalization)(source, random(seed), out, 1);
  return out;
};

describe.each(augmentNames)("%s", (name) => {
  it("depends on its random stream alone and stays within its place and range", () => {
    const before = data.slice();
    const reused = viewWriter(name, 24, imagenetNormalization);
    const { mean, std } = imagenetNormalization;
    const outputs = Array.from({ length: 60 }, (_, seed) => {
      const out = new Float32Array(3 * 24 * 24 + 2).fill(99);
      reused(source, random(seed), out, 1);
      // What an earlier image left in the reused buffers must not show.
      expect(view(name, 24, seed)).toEqual(out);
      return out;
    });
    expect(data).toEqual(before);
    for (const out of outputs) {
      expect([out[0], out.at(-1)]).toEqual([99, 99]);
      for (let c = 0; c < 3; c++) {
        const plane = out.subarray(1 + c * 576, 1 + (c + 1) * 576);
        expect(Math.min(...plane)).toBeGreaterThanOrEqual(Math.fround(-mean[c]! / std[c]!));
        expect(Math.max(...plane)).toBeLessThanOrEqual(Math.fround((1 - mean[c]!) / std[c]!));
      }
    }
    expect(new Set(outputs.map((out) => out.join())).size).toBe(60);
  });

  it.each([
    [1, 1],
    [2, 3],
    [1, 60],
  ])("takes an image of %i x %i", (width, height) => {
    const out = new Float32Array(3 * 16);
    for (let seed = 0; seed < 100; seed++) {
      viewWriter(name, 4, imagenetNormalization)({ width, height, data, offset: 0 }, random(seed), out, 0);
    }
    expect(out.every(Number.isFinite)).toBe(true);
  });
});

describe("randomBox", () => {
  it("stays inside, within the allowed shares and ratios, and reaches both ends of them", () => {
    const shares: number[] = [];
    const ratios: number[] = [];
    const places = new Set<number>();
    for (let seed = 0; seed < 3000; seed++) {
      const box = randomBox(200, 160, random(seed), { left: 0, top: 0, width: 0, height: 0 });
      expect(box.left + box.width).toBeLessThanOrEqual(200);
      expect(box.top + box.height).toBeLessThanOrEqual(160);
      expect(Math.min(box.left, box.top)).toBeGreaterThanOrEqual(0);
      shares.push((box.width * box.height) / (200 * 160));
      ratios.push(box.width / box.height);
      places.add(box.left * 1000 + box.top);
    }
    expect(Math.min(...shares)).toBeGreaterThan(SCALE[0] - 0.01);
    expect(Math.min(...shares)).toBeLessThan(SCALE[0] + 0.02);
    expect(Math.max(...shares)).toBeGreaterThan(0.9);
    expect(Math.min(...ratios)).toBeGreaterThan(RATIO[0] - 0.02);
    expect(Math.max(...ratios)).toBeLessThan(RATIO[1] + 0.03);
    expect(places.size).toBeGreaterThan(1500);
  });

  it.each([
    [1000, 3, { left: 498, top: 0, width: 4, height: 3 }],
    [3, 1000, { left: 0, top: 498, width: 3, height: 4 }],
  ])("falls back to the middle of an image of %i x %i", (width, height, expected) => {
    expect(randomBox(width, height, random(1), { left: 9, top: 9, width: 9, height: 9 })).toEqual(expected);
  });
});
