import type { Raster } from "./raster.ts";

const PASSES = 3;
const UNIT = 1 << 24;

interface Box {
  /** Whole pixels on either side. */
  radius: number;
  /** Weight of each whole pixel, of 2^24. */
  weight: number;
  /** Weight of the two pixels beyond them. */
  edge: number;
}

const box: Box = { radius: 0, weight: 0, edge: 0 };
let line = new Uint8Array(0);
let other = new Uint8Array(0);

/** PIL's `ImageFilter.GaussianBlur(radius)`: three box blurs with fractional edges along rows, then along columns. In place. */
export function gaussianBlur({ width, height, data }: Raster, radius: number): void {
  setBox(radius);
  const padded = Math.max(width, height) + 2 * (box.radius + 1);
  if (line.length < padded) {
    line = new Uint8Array(padded);
    other = new Uint8Array(padded);
  }
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < 3; c++) blurLine(data, y * width * 3 + c, 3, width);
  }
  for (let i = 0; i < width * 3; i++) blurLine(data, i, width * 3, height);
}

/** The box whose threefold use has the variance `radius` squared (Gwosdek et al., SSVM 2011), in PIL's float32. */
function setBox(radius: number): void {
  const { fround } = Math;
  const variance = fround(fround(radius * radius) / PASSES);
  const length = fround(Math.sqrt(12 * variance + 1));
  const l = Math.floor((length - 1) / 2);
  const fraction = fround(((2 * l + 1) * (l * (l + 1) - 3 * variance)) / (6 * (variance - (l + 1) * (l + 1))));
  const real = fround(l + fraction);
  box.radius = Math.trunc(real);
  box.weight = Math.trunc(fround(UNIT / fround(fround(real * 2) + 1)));
  box.edge = Math.trunc((UNIT - (box.radius * 2 + 1) * box.weight) / 2);
}

function blurLine(data: Uint8Array, origin: number, stride: number, length: number): void {
  const pad = box.radius + 1;
  for (let i = 0, at = origin; i < length; i++, at += stride) line[pad + i] = data[at]!;
  boxLine(line, other, length);
  boxLine(other, line, length);
  boxLine(line, other, length);
  for (let i = 0, at = origin; i < length; i++, at += stride) data[at] = other[pad + i]!;
}

/** One box blur of a padded line; the ends repeat their last value outwards. */
function boxLine(from: Uint8Array, to: Uint8Array, length: number): void {
  const { radius, weight, edge } = box;
  const pad = radius + 1;
  const first = from[pad]!;
  const last = from[pad + length - 1]!;
  for (let i = 0; i < pad; i++) {
    from[i] = first;
    from[pad + length + i] = last;
  }
  let sum = 0;
  for (let i = 0; i < 2 * radius + 1; i++) sum += from[i]!;
  for (let i = 0; i < length; i++) {
    // `sum` covers padded places i .. i + 2 radius; the pixel sits at i + radius + 1.
    sum += from[i + 2 * radius + 1]! - from[i]!;
    const bulk = sum * weight + (from[i]! + from[i + 2 * radius + 2]!) * edge;
    to[pad + i] = (bulk + (1 << 23)) / UNIT;
  }
}
