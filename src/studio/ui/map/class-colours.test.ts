import { expect, test } from "vitest";
import { classPalette } from "./class-colours.ts";

type Three = readonly [number, number, number];
type Matrix = readonly [Three, Three, Three];

const times = (m: Matrix, [a, b, c]: Three) => m.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Three;

/** Linear light as it is seen without a kind of cones (Machado and others 2009, severity 1). */
const sights: Readonly<Record<string, Matrix>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** Ottosson 2020. */
const cones: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const lab: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];

const linear = (byte: number): number => {
  const share = byte / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};
const lightOf = (palette: Uint8Array, place: number) =>
  Array.from(palette.subarray(3 * place, 3 * place + 3), linear) as unknown as Three;
const oklab = (light: Three, sight: Matrix): Three => {
  const seen = times(sight, light).map((value) => Math.min(1, Math.max(0, value))) as unknown as Three;
  return times(lab, times(cones, seen).map(Math.cbrt) as unknown as Three);
};

/** The least distance in OKLab of the first colours of classes. */
function leastDistance(classes: number, sight: Matrix): number {
  const palette = classPalette(classes);
  const seen = Array.from({ length: classes }, (_, i) => oklab(lightOf(palette, i + 1), sight));
  const distances = seen.flatMap((a, i) => seen.slice(0, i).map((b) => Math.hypot(...a.map((v, at) => v - b[at]!))));
  return Math.min(...distances);
}

test("the first colours are easy to tell apart, also for people who lack a kind of cones", () => {
  expect(leastDistance(10, sights.all!)).toBeGreaterThan(0.15);
  expect(leastDistance(18, sights.all!)).toBeGreaterThan(0.1);
  for (const sight of Object.values(sights)) expect(leastDistance(10, sight)).toBeGreaterThan(0.07);
});

test("they stand out from the light and from the dark ground", () => {
  const palette = classPalette(18);
  const luminance = ([r, g, b]: Three) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const dark = luminance([0x14, 0x17, 0x1b].map(linear) as unknown as Three);
  for (let place = 1; place <= 18; place++) {
    const own = luminance(lightOf(palette, place));
    expect(1.05 / (own + 0.05)).toBeGreaterThan(2);
    expect((own + 0.05) / (dark + 0.05)).toBeGreaterThan(2.5);
  }
});
