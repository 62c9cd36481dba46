import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { mobilenet } from "./mobilenet.ts";
import { ownEntry } from "./python.ts";
import type { Report } from "./report.ts";
import { alternate } from "./rounds.ts";

export interface FeaturesWork {
  readonly rounds: number;
  readonly threads: number;
  /** An ONNX file; by default MobileNetV1 at width 0.75 with random weights. */
  readonly model: string | undefined;
  readonly images: number;
  readonly size: number;
}

/**
 * Images per second of caching features, beside ONNX Runtime's session alone on the same images as batches that are ready:
 * clean images, which make the same batches; and augmented views, which the session alone does not make.
 */
export async function benchFeatures(o: FeaturesWork): Promise<Report> {
  const { images, size, threads } = o;
  const folder = mkdtempSync(join(tmpdir(), "maskcon-features-"));
  try {
    const model = o.model === undefined ? join(folder, "mobilenet.onnx") : resolve(o.model);
    if (o.model === undefined) writeFileSync(model, mobilenet(size));
    const child = (name: string, kind: string) =>
      ownEntry(name, "features-child.js", { kind, folder: join(folder, kind), model, images, size, threads });
    const entries = [
      child("maskcon, clean images", "clean"),
      child("ONNX Runtime alone", "session"),
      child("maskcon, views", "views"),
    ];
    const outcomes = await alternate(entries, "imagesPerSecond", o.rounds);
    const name = o.model === undefined ? "MobileNetV1-0.75 with random weights" : o.model;
    return {
      title: `features: ${images} decoded images of ${size} px behind ${name}, ${threads} threads`,
      unit: "images/s",
      higherIsBetter: true,
      outcomes,
      notes: ["the session alone has its batches ready; views are of the Cars augmentations, half of them strong"],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
