import { describe, expect, it } from "vitest";
import { type Random, random } from "../../core/index.ts";
import { sampleBilinear } from "./bilinear.ts";
import { blend, luma } from "./blend.ts";
import { gaussianBlur } from "./blur.ts";
import { brightness, contrast, saturation } from "./enhance.ts";
import { writePlanes } from "./normalize.ts";
import { perspective, projectionBack } from "./perspective.ts";
import { type Raster, raster } from "./raster.ts";
import { type Box, resizedCrop } from "./resize.ts";

/** Noise, black and white, or nearly white: the last two reach the ends of the range. */
function randomImage(rng: Random, width: number, height: number): Raster {
  const kind = rng.integer(3);
  const image = raster(width, height);
  for (let i = 0; i < image.data.length; i++) {
    image.data[i] = kind === 0 ? rng.integer(256) : kind === 1 ? 255 * rng.integer(2) : 255 - rng.integer(2);
  }
  return image;
}

/** Pillow's resampling of one axis, a weight at a time: `read(place)` gives bytes. */
function resampled(read: (place: number) => number, inSize: number, outSize: number, out: number): number {
  const scale = inSize / outSize;
  const support = Math.max(scale, 1);
  const center = (out + 0.5) * scale;
  const start = Math.max(0, Math.trunc(center - support + 0.5));
  const end = Math.min(inSize, Math.trunc(center + support + 0.5));
  const filter: number[] = [];
  for (let i = start; i < end; i++) filter.push(Math.max(0, 1 - Math.abs((i - center + 0.5) / support)));
  const whole = filter.reduce((sum, value) => sum + value, 0);
  let sum = 1 << 21;
  for (const [i, value] of filter.entries()) sum += read(start + i) * Math.trunc(0.5 + (value / whole) * (1 << 22));
  return Math.min(255, Math.trunc(sum / (1 << 22)));
}

function plainCrop({ width: sourceWidth, data }: Raster, box: Box, width: number, height: number): Uint8Array {
  const between = new Uint8Array(width * box.height * 3);
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < between.length; i++) {
    const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
    const row = (box.top + y) * sourceWidth + box.left;
    between[i] = resampled((place) => data[(row + place) * 3 + c]!, box.width, width, x);
  }
  for (let i = 0; i < out.length; i++) {
    const [y, rest] = [Math.floor(i / 3 / width), i % (3 * width)];
    out[i] = resampled((place) => between[place * 3 * width + rest]!, box.height, height, y);
  }
  return out;
}

function randomBoxIn(rng: Random, { width: w, height: h }: Raster): Box {
  const [width, height] = [1 + rng.integer(w), 1 + rng.integer(h)];
  return { width, height, left: rng.integer(w - width + 1), top: rng.integer(h - height + 1) };
}

/** One box blur of one line, with the sums of `gaussianBlur` in float64. */
function plainBox(values: number[], radius: number, weight: number, edge: number): number[] {
  const at = (i: number) => values[Math.min(Math.max(i, 0), values.length - 1)]!;
  return values.map((_, i) => {
    let sum = 0;
    for (let k = -radius; k <= radius; k++) sum += at(i + k);
    const bulk = sum * weight + (at(i - radius - 1) + at(i + radius + 1)) * edge;
    return Math.trunc((bulk + 2 ** 23) / 2 ** 24);
  });
}

function plainBlur(image: Raster, radius: number): Uint8Array {
  const { fround } = Math;
  const variance = fround(fround(radius * radius) / 3);
  const l = Math.floor((fround(Math.sqrt(12 * variance + 1)) - 1) / 2);
  const part = fround(((2 * l + 1) * (l * (l + 1) - 3 * variance)) / (6 * (variance - (l + 1) * (l + 1))));
  const weight = Math.trunc(fround(2 ** 24 / fround(fround(fround(l + part) * 2) + 1)));
  const whole = Math.trunc(fround(l + part));
  const edge = Math.trunc((2 ** 24 - (2 * whole + 1) * weight) / 2);
  const { width, height } = image;
  const data = image.data.slice();
  const blurLine = (from: number, step: number, length: number) => {
    let values = Array.from({ length }, (_, i) => data[from + i * step]!);
    for (let pass = 0; pass < 3; pass++) values = plainBox(values, whole, weight, edge);
    for (const [i, value] of values.entries()) data[from + i * step] = value;
  };
  for (let y = 0; y < height; y++) for (let c = 0; c < 3; c++) blurLine(y * width * 3 + c, 3, width);
  for (let i = 0; i < width * 3; i++) blurLine(i, width * 3, height);
  return data;
}

function plainPerspective({ width, height, data }: Raster, projection: readonly number[]): Uint8Array {
  const [a, b, c, d, e, f, g, h] = projection as [number, number, number, number, number, number, number, number];
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [px, py] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const w = 1 / (g * px + h * py + 1);
    const [x, y] = [(a * px + b * py + c) * w, (d * px + e * py + f) * w];
    if (x >= 0 && x < width && y >= 0 && y < height) sampleBilinear(data, width, height, x, y, out, 3 * i);
  }
  return out;
}

describe("kernels give the bits of plain loops", () => {
  it("in resampling, out of shared memory at any address too", () => {
    for (let turn = 0; turn < 60; turn++) {
      const rng = random(1, turn);
      const image = randomImage(rng, 1 + rng.integer(70), 1 + rng.integer(70));
      const [box, width, height] = [randomBoxIn(rng, image), 1 + rng.integer(40), 1 + rng.integer(40)];
      const offset = rng.integer(9);
      const shared = new Uint8Array(new SharedArrayBuffer(offset + image.data.length));
      shared.set(image.data, offset);
      const target = raster();
      resizedCrop({ ...image, data: shared, offset }, box, target, width, height);
      expect(target.data, JSON.stringify({ turn, box, width, height })).toEqual(plainCrop(image, box, width, height));
    }
  });

  it("in resampling by several bands", () => {
    const image = randomImage(random(5), 3000, 64);
    const target = raster();
    const box = { left: 3, top: 1, width: 2990, height: 63 };
    resizedCrop({ ...image, offset: 0 }, box, target, 20, 30);
    expect(target.data).toEqual(plainCrop(image, box, 20, 30));
  });

  it("in a crop that keeps its size", () => {
    for (const [left, top, width, height] of [
      [0, 0, 17, 11],
      [0, 2, 17, 6],
      [4, 0, 9, 11],
      [3, 5, 1, 1],
    ] as const) {
      const image = randomImage(random(6), 17, 11);
      const [box, target] = [{ left, top, width, height }, raster()];
      resizedCrop({ ...image, offset: 0 }, box, target, width, height);
      expect(target.data).toEqual(plainCrop(image, box, width, height));
    }
  });

  it("in normalisation, for every byte and across blocks", () => {
    const { fround } = Math;
    const [mean, std] = [[0.507, 0.25, 0] as const, [0.267, 1, 2] as const];
    for (const [width, height] of [
      [1, 1],
      [3, 2],
      [256, 3],
      [67, 89],
      [128, 96],
    ] as const) {
      const pixels = width * height;
      const image = randomImage(random(7, pixels), width, height);
      if (height === 3) for (let i = 0; i < 3 * pixels; i++) image.data[i] = i / 3;
      const out = new Float32Array(3 * pixels + 2).fill(99);
      writePlanes(image, { mean, std }, out, 1);
      const expected = Float32Array.from({ length: 3 * pixels }, (_, i) => {
        const channel = Math.floor(i / pixels);
        const unit = fround(image.data[3 * (i % pixels) + channel]! / 255);
        return fround(fround(unit - fround(mean[channel]!)) / fround(std[channel]!));
      });
      expect(out.subarray(1, -1)).toEqual(expected);
      expect([out[0], out.at(-1)]).toEqual([99, 99]);
    }
  });

  it("in blurring", () => {
    for (let turn = 0; turn < 60; turn++) {
      const rng = random(2, turn);
      const image = randomImage(rng, 1 + rng.integer(40), 1 + rng.integer(40));
      const radius = (turn % 4 ? 2 : 100) * (1 - rng.uniform());
      const expected = plainBlur(image, radius);
      gaussianBlur(image, radius);
      expect(image.data, JSON.stringify({ turn, radius })).toEqual(expected);
    }
  });

  it("in brightness, contrast and saturation", () => {
    for (let turn = 0; turn < 60; turn++) {
      const rng = random(4, turn);
      const image = randomImage(rng, 1 + rng.integer(40), 1 + rng.integer(40));
      const factor = rng.uniform() * 2;
      const lumas = Array.from({ length: image.data.length / 3 }, (_, i) => {
        return luma(image.data[3 * i]!, image.data[3 * i + 1]!, image.data[3 * i + 2]!);
      });
      const mean = Math.trunc(lumas.reduce((sum, value) => sum + value, 0) / lumas.length + 0.5);
      const plain = (from: (pixel: number) => number) =>
        image.data.map((byte, i) => blend(from(Math.floor(i / 3)), byte, Math.fround(factor)));
      const applied = (operation: (image: Raster, factor: number) => void) => {
        const changed = { ...image, data: image.data.slice() };
        operation(changed, factor);
        return changed.data;
      };
      expect(applied(brightness), `turn ${turn}`).toEqual(plain(() => 0));
      expect(applied(contrast), `turn ${turn}`).toEqual(plain(() => mean));
      expect(applied(saturation), `turn ${turn}`).toEqual(plain((pixel) => lumas[pixel]!));
    }
  });

  it("in perspective", () => {
    for (let turn = 0; turn < 60; turn++) {
      const rng = random(3, turn);
      const image = randomImage(rng, 1 + rng.integer(40), 1 + rng.integer(40));
      const [right, bottom] = [image.width - 1, image.height - 1];
      const from = Float64Array.of(0, 0, right, 0, right, bottom, 0, bottom);
      const to = from.map((value) => value + Math.floor((rng.uniform() - 0.5) * image.width));
      const stage = { front: { ...image, data: image.data.slice() }, back: raster() };
      perspective(stage, from, to);
      expect(stage.front.data, `turn ${turn}`).toEqual(plainPerspective(image, projectionBack(from, to)));
    }
  });
});
