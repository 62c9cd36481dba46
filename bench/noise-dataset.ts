import type { Dataset } from "../src/data/index.ts";
import { smoothNoise } from "./smooth-noise.ts";

interface Labels {
  readonly coarse: number;
  readonly fine: number;
}

/** Images of noise that lie decoded in memory, with labels in turns. */
export function noiseDataset(length: number, size: number, { coarse, fine }: Labels = { coarse: 1, fine: 1 }): Dataset {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);
  const fineLabels = Int32Array.from({ length }, (_, i) => i % fine);
  return {
    name: "noise",
    length,
    coarseClasses: names(coarse),
    fineClasses: names(fine),
    coarse: fineLabels.map((label) => label % coarse),
    fine: fineLabels,
    ids: String,
    source: { kind: "memory", width: size, height: size, pixels: smoothNoise(length, size) },
    normalization: { mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] },
  };
}
