import { compileStep } from "../src/step/index.ts";
import { serve } from "./serve.ts";
import { syntheticBatch, syntheticQueue } from "./synthetic.ts";
import { type Work, workStep } from "./works.ts";

const work = JSON.parse(process.argv[2]!) as Work & { threads: number };
const { options, start } = await workStep(work, work.threads);
const step = await compileStep(options);
await step.load({ ...start, ...syntheticQueue(work) });
const batch = syntheticBatch(work);
for (let i = 0; i < 2; i++) await step.run(batch);

await serve({ threads: work.threads, plan: step.plan }, async () => {
  const start = performance.now();
  for (let i = 0; i < work.steps; i++) await step.run(batch);
  const seconds = (performance.now() - start) / 1000;
  return { imagesPerSecond: (work.steps * work.batchSize) / seconds };
});
await step.close();
