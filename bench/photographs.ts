import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { onOneCore, ownEntry, type Python, pythonEntry } from "./python.ts";
import type { Report } from "./report.ts";
import { alternate } from "./rounds.ts";
import { smoothNoise } from "./smooth-noise.ts";

const IMAGES = 32;
const EPOCHS = 4;
const SIZE = 224;

/** Images per second of both views of the official Cars augmentation at 224 px, from JPEG files, on one core. */
export async function benchPhotographs(o: { rounds: number; python: Python | undefined }): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-photographs-"));
  try {
    await writePhotographs(folder);
    const work = { folder, images: IMAGES, epochs: EPOCHS, size: SIZE };
    const entries = [
      ownEntry("maskcon, decoded at every use", "photographs-child.js", { ...work, cacheBytes: 0 }),
      ownEntry("maskcon, decoded once and kept", "photographs-child.js", work),
    ];
    if (o.python) {
      const options = ["--folder", folder, "--epochs", EPOCHS, "--size", SIZE];
      entries.push(pythonEntry(o.python, "torchvision + PIL", "bench_photographs.py", options));
    }
    const pinned = entries.map(onOneCore);
    const held = pinned.every((entry) => entry !== undefined);
    const outcomes = await alternate(held ? pinned : entries, "imagesPerSecond", o.rounds);
    return {
      title: `photographs: both Cars views at ${SIZE} px of each 1024x768 JPEG, one core`,
      unit: "images/s",
      higherIsBetter: true,
      outcomes,
      notes: held ? [] : ["no taskset here: the programs were not held on one core"],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Smooth colour noise with fine noise over it, some 180 kB each: about what photographs of this size take. */
async function writePhotographs(folder: string): Promise<void> {
  const [width, height] = [1024, 768];
  for (const name of ["a", "b"]) mkdirSync(join(folder, "train", name), { recursive: true });
  for (let i = 0; i < IMAGES; i++) {
    const pixels = new Uint8Array(smoothNoise(1, width, i), 0, width * height * 3);
    const jpeg = await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 90 })
      .toBuffer();
    writeFileSync(join(folder, "train", i % 2 ? "a" : "b", `${i}.jpg`), jpeg);
  }
}
