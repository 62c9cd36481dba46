import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { inLanes, random } from "../src/core/index.ts";

interface JpegFolder {
  /** Pictures `from` to `to` - 1: each number has one picture, whenever it is written. */
  readonly from: number;
  readonly to: number;
  /** Pixels of the longer side; the other has three quarters of it. */
  readonly side: number;
  readonly classes: number;
}

/** Pixels of the side of the noise that a picture is made of. */
const GRAIN = 24;

/** Writes pictures of noise, all different, as JPEG files in a folder for each class: about 9 kB each at 160 px. */
export async function writeJpegFolder(folder: string, { from, to, side, classes }: JpegFolder): Promise<void> {
  for (let i = 0; i < classes; i++) mkdirSync(join(folder, `class-${i}`), { recursive: true });
  const numbers = Array.from({ length: to - from }, (_, i) => from + i);
  await inLanes(numbers, { count: 2 * availableParallelism() }, async (number) => {
    const rng = random(3, number);
    const grain = Uint8Array.from({ length: 3 * GRAIN * GRAIN }, () => rng.integer(256));
    const picture = sharp(grain, { raw: { width: GRAIN, height: GRAIN, channels: 3 } });
    const jpeg = await picture
      .resize(side, Math.round(0.75 * side), { fit: "fill" })
      .jpeg()
      .toBuffer();
    await writeFile(join(folder, `class-${number % classes}`, `${number}.jpg`), jpeg);
  });
}
