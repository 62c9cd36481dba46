/**
 * The training step by itself: compile it, feed it batches, save its state, and load that into another one.
 *
 *   npx tsx examples/02-compile-a-step.ts
 */
import { compileStep, type StepOptions } from "maskcon";

const options: StepOptions = {
  backbone: "resnet20",
  imageSize: 16,
  batchSize: 8,
  embeddingDim: 32,
  coarseClasses: 2,
  queueSize: 64,
  method: { name: "maskcon", softWeight: 1, softTemperature: 0.1 },
  temperature: 0.1,
  keyMomentum: 0.99,
  sgd: { momentum: 0.9, weightDecay: 5e-4 },
  device: "cpu",
  seed: 0,
};

/** Two views of eight images, [8, 3, 16, 16] each: stripes, upright for class 0 and lying for class 1, with noise. */
function batch() {
  const { batchSize: n, imageSize: s } = options;
  const coarseLabels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const view = () =>
    Float32Array.from({ length: n * 3 * s * s }, (_, i) => {
      const [x, y, image] = [i % s, Math.floor(i / s) % s, Math.floor(i / (3 * s * s))];
      return Math.sin(coarseLabels[image] === 0 ? x : y) + 0.3 * (Math.random() - 0.5);
    });
  return { query: view(), key: view(), coarseLabels };
}

const step = await compileStep(options);
// The queue starts empty: fill it with real keys before the first step.
for (let filled = 0; filled < options.queueSize; filled += options.batchSize) await step.fillQueue(batch());
for (let i = 1; i <= 10; i++) {
  const { loss } = await step.run({ ...batch(), learningRate: 0.05 });
  console.log(`step ${i}: loss ${loss.toFixed(4)}`);
}

const state = await step.save();
const stem = state["query_encoder.net.conv1.weight"];
console.log(`${Object.keys(state).length} tensors, the first convolution's weight is [${stem?.shape.join(", ")}]`);

// The same kernels (`plan`), the same state and the same batch give the same bits.
const twin = await compileStep({ ...options, plan: step.plan });
await twin.load(state);
const next = { ...batch(), learningRate: 0.05 };
const [a, b] = [await step.run(next), await twin.run(next)];
console.log(`the next loss, here ${a.loss} and in a copy ${b.loss}: ${a.loss === b.loss ? "the same" : "different"}`);
await step.close();
await twin.close();
