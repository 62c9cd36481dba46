import { kernelMemory, kernels } from "./kernels.ts";
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
/** Kernels read and write up to 16 bytes at a time. */
const SLACK = 16;

/**
 * PIL's `ImageFilter.GaussianBlur(radius)`: three box blurs with fractional edges along rows, then along columns. In place.
 * `radius` is at most 100: the kernels add in 16 bits.
 */
export function gaussianBlur({ width, height, data }: Raster, radius: number): void {
  setBox(radius);
  const row = width * 3;
  const bytes = row * height;
  const pad = row * (box.radius + 1);
  const linePad = 3 * (box.radius + 1);
  const imageAt = pad;
  const otherAt = imageAt + bytes + 2 * pad + SLACK;
  const lineAt = otherAt + bytes + pad + SLACK + linePad;
  const otherLineAt = lineAt + row + 2 * linePad + SLACK;
  const memory = kernelMemory(otherLineAt + row + linePad + SLACK);
  memory.set(data.subarray(0, bytes), imageAt);
  const { blurRows, blurColumns } = kernels();
  blurRows(imageAt, row, height, lineAt, otherLineAt, box.radius, box.weight, box.edge);
  blurColumns(imageAt, otherAt, row, height, box.radius, box.weight, box.edge);
  data.set(memory.subarray(otherAt, otherAt + bytes));
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
