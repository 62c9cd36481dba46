import { reserve, type Stage, swap } from "./raster.ts";

const fixed = (value: number): number => Math.floor(value * 65536 + 0.5);

/** Turns the image counter-clockwise about its centre, nearest neighbour, with PIL's 16-bit fixed point; corners become `fill`. */
export function rotate(stage: Stage, degrees: number, fill: number): void {
  const { width, height, data } = stage.front;
  reserve(stage.back, width, height);
  const out = stage.back.data;
  const angle = (-degrees * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  const left = width / 2 - cos * (width / 2) - sin * (height / 2);
  const top = height / 2 + sin * (width / 2) - cos * (height / 2);
  const stepX = fixed(cos);
  const stepY = fixed(-sin);
  let rowX = fixed(left + cos * 0.5 + sin * 0.5);
  let rowY = fixed(top - sin * 0.5 + cos * 0.5);
  let at = 0;
  for (let y = 0; y < height; y++, rowX -= stepY, rowY += stepX) {
    let sourceX = rowX;
    let sourceY = rowY;
    for (let x = 0; x < width; x++, at += 3, sourceX += stepX, sourceY += stepY) {
      const sx = sourceX >> 16;
      const sy = sourceY >> 16;
      if (sx >= 0 && sx < width && sy >= 0 && sy < height) {
        const from = (sy * width + sx) * 3;
        out[at] = data[from]!;
        out[at + 1] = data[from + 1]!;
        out[at + 2] = data[from + 2]!;
      } else {
        out[at] = fill;
        out[at + 1] = fill;
        out[at + 2] = fill;
      }
    }
  }
  swap(stage);
}
