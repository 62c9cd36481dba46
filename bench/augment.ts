import { onOneCore, ownEntry, type Python, pythonEntry } from "./python.ts";
import type { Report } from "./report.ts";
import { alternate } from "./rounds.ts";

/** Images per second of the official CIFAR augmentation, both views of each image, on one core. */
export async function benchAugment(o: { rounds: number; python: Python | undefined }): Promise<Report> {
  const images = 4000;
  const entries = [ownEntry("maskcon", "augment-child.js", { images })];
  if (o.python) entries.push(pythonEntry(o.python, "torchvision + PIL", "bench_augment.py", ["--images", images / 2]));
  const pinned = entries.map(onOneCore);
  const held = pinned.every((entry) => entry !== undefined);
  const outcomes = await alternate(held ? pinned : entries, "imagesPerSecond", o.rounds);
  return {
    title: "augment: crop, flip, AutoAugment (strong) and crop, flip (weak) of each 32x32 image, one core",
    unit: "images/s",
    higherIsBetter: true,
    outcomes,
    notes: held ? [] : ["no taskset here: the programs were not held on one core"],
  };
}
