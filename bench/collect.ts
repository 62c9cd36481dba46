import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveConfig } from "../src/config/index.ts";
import { train } from "../src/train/index.ts";
import { writeJpegFolder } from "./jpeg-folder.ts";
import { noiseDataset } from "./noise-dataset.ts";
import { ownEntry } from "./python.ts";
import type { Report } from "./report.ts";
import { alternate, type Outcome } from "./rounds.ts";

const SIDE = 160;
const IMAGE_SIZE = 32;
const CLASSES = 20;
const MORE = 100;
/** Bars: 15 minutes, embedding apart, and 2.5 GB for 100,000 images. */
const BAR_ROWS = 100_000;
const BAR_SECONDS = 900;
const BAR_MB = 2560;

interface Collected {
  readonly seconds: number;
  readonly openSeconds: number;
  readonly embedSeconds: number;
  readonly added: number;
  readonly rows: number;
}

/**
 * Seconds and memory of collecting `rows` JPEG files by a ResNet-20, each time in a program of its own; then of the same again
 * with 100 more files, and with none.
 */
export async function benchCollect({ rows }: { readonly rows: number }): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-bench-collect-"));
  const [data, run, out] = ["data", "run", "collection"].map((name) => join(folder, name)) as [string, string, string];
  try {
    await makeRun(run);
    const pictures = { side: SIDE, classes: CLASSES };
    await writeJpegFolder(data, { from: 0, to: rows, ...pictures });
    const collect = async (name: string, added: number) => {
      const [outcome] = await alternate([ownEntry(name, "collect-child.js", { run, data, out })], "seconds", 1);
      const found = outcome!.last as unknown as Collected;
      if (found.added !== added) throw new Error(`${name}: ${found.added} images were added in place of ${added}`);
      return outcome!;
    };
    const whole = await collect("all", rows);
    await writeJpegFolder(data, { from: rows, to: rows + MORE, ...pictures });
    const more = await collect(`${MORE} more`, MORE);
    const again = await collect("none", 0);
    return {
      title: `collect: ${rows} JPEG files of ${SIDE} px, ResNet-20 at ${IMAGE_SIZE} px`,
      unit: "seconds",
      higherIsBetter: false,
      outcomes: [whole],
      notes: [...notesOf(whole, rows), ...[more, again].map(noteOfAdding)],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A run whose encoders have hardly learned anything. */
async function makeRun(out: string): Promise<void> {
  const set = noiseDataset(64, IMAGE_SIZE, { coarse: 2, fine: 4 });
  const flags = { backbone: "resnet20", imageSize: IMAGE_SIZE, batchSize: 64, queueSize: 64, steps: 1, evalEvery: 0 };
  const config = resolveConfig({ flags: { ...flags, weak: "crop-flip", strong: "crop-flip", epochs: undefined } });
  await train(config, { name: "noise", train: set, test: undefined, skipped: [] }, { out });
}

function notesOf({ last, median, peakMemoryMb }: Outcome, rows: number): string[] {
  const { openSeconds, embedSeconds } = last as unknown as Collected;
  const apart = median - embedSeconds;
  const notes = [
    `every file read and decoded to look at it: ${openSeconds.toFixed(1)} s`,
    `both encoders alone would take ${embedSeconds.toFixed(1)} s; embedding apart ${apart.toFixed(1)} s`,
    `${(rows / median).toFixed(0)} images a second`,
  ];
  if (rows !== BAR_ROWS) return notes;
  const met = apart <= BAR_SECONDS && peakMemoryMb <= BAR_MB ? "met" : "MISSED";
  return [...notes, `bar of ${BAR_SECONDS} s, embedding apart, and ${BAR_MB} MB: ${met}`];
}

const noteOfAdding = ({ name, median, peakMemoryMb }: Outcome): string =>
  `again with ${name} added: ${median.toFixed(1)} s, ${peakMemoryMb} MB`;
