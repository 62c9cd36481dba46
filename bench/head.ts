import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeModel } from "../src/engine/index.ts";
import { Contestant } from "./contestant.ts";
import { ownEntry } from "./python.ts";
import type { Report } from "./report.ts";
import { alternate } from "./rounds.ts";

/** A side of 16 pixels: a model that only flattens its images then gives 768 features. */
const SIZE = 16;

export interface HeadWork {
  readonly rounds: number;
  readonly threads: number;
  readonly images: number;
  readonly views: number;
  readonly steps: number;
}

/**
 * Seconds and memory of a whole `train` behind a model from a file whose features are cached: it reads and checks the cache,
 * whitens, fills the queue, trains, measures the encoders on the training images and writes its run.
 */
export async function benchHead(o: HeadWork): Promise<Report> {
  const { images, views, steps, threads } = o;
  const folder = mkdtempSync(join(tmpdir(), "maskcon-head-"));
  try {
    const model = join(folder, "flatten.onnx");
    writeFileSync(model, flatten());
    const entry = (steps: number) =>
      ownEntry("maskcon", "head-child.js", { folder, model, size: SIZE, images, views, steps, threads });
    // A program of its own makes the cache, so that its memory is not counted.
    const maker = await Contestant.start(entry(1));
    await maker.turn();
    await maker.stop();
    const outcomes = await alternate([entry(steps)], "seconds", o.rounds);
    const { stepSeconds } = outcomes[0]!.last as { stepSeconds: number };
    return {
      title: `head: ${images} images x ${views} views, F ${3 * SIZE ** 2}, ${steps} steps of 128, ${threads} threads`,
      unit: "seconds",
      higherIsBetter: false,
      outcomes,
      notes: [`from the first step to the last ${stepSeconds.toFixed(1)} s in the last turn`],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function flatten(): Uint8Array {
  return writeModel({
    nodes: [{ op: "Flatten", domain: "", name: "flatten", inputs: ["images"], outputs: ["features"], attributes: {} }],
    initializers: [],
    inputs: [{ name: "images", dtype: "float32", shape: ["batch", 3, SIZE, SIZE] }],
    outputs: [{ name: "features", dtype: "float32", shape: ["batch", 3 * SIZE ** 2] }],
    opsets: { "": 13 },
  });
}
