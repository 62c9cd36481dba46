import { expect, test } from "vitest";
import { printGraph } from "../../src/engine/index.ts";
import { objectiveOf } from "../../src/methods/index.ts";
import type { StepOptions } from "../../src/step/options.ts";
import { stateLayout } from "../../src/step/state-layout.ts";
import { stepGraph } from "../../src/step/step-graph.ts";

const options: StepOptions = {
  backbone: "resnet20",
  imageSize: 8,
  batchSize: 2,
  embeddingDim: 4,
  coarseClasses: 3,
  queueSize: 6,
  method: { name: "maskcon", softWeight: 0.8, softTemperature: 0.05, coarseWeight: 0.5 },
  temperature: 0.1,
  keyMomentum: 0.99,
  sgd: { momentum: 0.9, weightDecay: 5e-4 },
  device: "cpu",
  seed: 0,
};

// A change of the file is a change of what a step computes, or in what order: read it before you accept it (`vitest -u`).
test("the printed graph of a small training step", async () => {
  const objective = objectiveOf(options.method);
  const graph = stepGraph(options, objective, stateLayout(options, objective));
  await expect(printGraph(graph)).toMatchFileSnapshot("./step-graph.txt");
});
