import type { RunConfig } from "../config/index.ts";
import { random } from "../core/index.ts";
import { compileStep } from "../step/index.ts";
import { stepOptions } from "../train/index.ts";

const TRIED_STEPS = 8;
/** Kernels warm up and buffers are allocated in the first few. */
const LEFT_OUT_STEPS = 3;

/** How many steps this machine makes in so many seconds, from a few of them on noise. */
export async function stepsWithin(seconds: number, config: RunConfig, coarseClasses: number): Promise<number> {
  const step = await compileStep(stepOptions(config, coarseClasses));
  try {
    const { batchSize, imageSize, learningRate } = config;
    const rng = random(0);
    const query = Float32Array.from({ length: batchSize * 3 * imageSize * imageSize }, () => rng.uniform());
    const batch = { query, key: query, coarseLabels: new Int32Array(batchSize), learningRate };
    const times: number[] = [];
    for (let i = 0; i < TRIED_STEPS; i++) {
      const start = performance.now();
      await step.run(batch);
      times.push(performance.now() - start);
    }
    const median = times.slice(LEFT_OUT_STEPS).sort((a, b) => a - b)[(TRIED_STEPS - LEFT_OUT_STEPS) >> 1]!;
    return Math.max(1, Math.floor((1000 * seconds) / median));
  } finally {
    await step.close();
  }
}
