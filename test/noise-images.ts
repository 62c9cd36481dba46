import { random } from "../src/core/index.ts";
import type { Dataset } from "../src/data/index.ts";

/** `length` square images of noise in memory, of three coarse classes. */
export function noiseImages(length: number, size: number, seed = 7): Dataset {
  const pixels = new SharedArrayBuffer(length * size * size * 3);
  const rng = random(seed);
  new Uint8Array(pixels).forEach((_, i, all) => {
    all[i] = rng.integer(256);
  });
  return {
    name: "noise",
    length,
    coarseClasses: ["a", "b", "c"],
    fineClasses: undefined,
    coarse: Int32Array.from({ length }, (_, i) => i % 3),
    fine: undefined,
    ids: (index) => `noise-${index}`,
    source: { kind: "memory", width: size, height: size, pixels },
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  };
}
