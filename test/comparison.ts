import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { random } from "../src/core/index.ts";
import { runCommand } from "./run-command.ts";

export const settings = {
  ...{ backbone: "resnet20", imageSize: 16, batchSize: 8, queueSize: 16, embeddingDim: 8, strong: "crop-flip" },
  ...{ steps: 6, evalEvery: 0, testFraction: 0.25, workers: 1, threads: 1, learningRate: 0.02 },
};
const methods = ["frozen", "supce", { name: "wild", method: "supcon", learningRate: 1e30, warmupEpochs: 0 }, "maskcon"];
/** Of its four runs "wild" fails. */
export const grid = { data: "images", settings, methods, vary: { softTemperature: [0.05] } };

/** Two coarse classes of two fine ones, eight noisy images each. */
export async function writeImages(folder: string): Promise<void> {
  for (const [label, name] of ["warm/a", "warm/b", "cold/c", "cold/d"].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const rng = random(label, i);
      const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, p) => 50 * label + (p % 3) * 20 + rng.integer(40));
      await sharp(rgb, { raw: { width: 16, height: 16, channels: 3 } })
        .png()
        .toFile(join(folder, name, `${i}.png`));
    }
  }
}

/** A folder for comparisons, with `grid.json`. */
export function comparisonFolder(): { root: string; gridFile: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "maskcon-compare-"));
  const gridFile = join(root, "grid.json");
  writeFileSync(gridFile, JSON.stringify(grid));
  return { root, gridFile, remove: () => rmSync(root, { recursive: true }) };
}

/** Runs `maskcon compare` in this process. */
export const compareInside = (...args: string[]) => runCommand(["compare", ...args]);

/** The `eval.json` of a run of a comparison. */
export const evaluationOf = (out: string, id: string) =>
  JSON.parse(readFileSync(join(out, "runs", id, "eval.json"), "utf8"));
