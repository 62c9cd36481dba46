import { expect, test } from "vitest";
import { random } from "../../src/core/index.ts";
import { Graph, lower, ops } from "../../src/engine/index.ts";
import { blockSize, createExecutor } from "../../src/engine/runtime/node.ts";
import { programOf } from "../../src/step/program.ts";

const block = await blockSize();
const [x, dy, w] = [
  [16, 3, 224, 224],
  [16, 16, 112, 112],
  [16, 3, 7, 7],
];

// Too large for the reference in float64: the portable lowering, which is checked against that, is the reference here.
test.runIf(block > 0)("a large first layer's weight gradient, by every kernel", async () => {
  const graph = new Graph(ops);
  const inputs = [graph.input("x", "float32", x!), graph.input("dy", "float32", dy!)];
  const convolution = { strides: [2, 2], pads: [3, 3, 3, 3], dilations: [1, 1], groups: 1 } as const;
  graph.output("dw", graph.op("conv2dWeightGradient", inputs, { shape: w!, ...convolution }));
  const [choice] = lower(graph, { block }).choices;
  const [problem, { variants }] = choice!;
  const lowered = variants.map((variant) => [variant, lower(graph, { block, plan: { [problem]: variant } })] as const);
  // Its im2col is too large for one product: rows of the kernel are taken one after the other.
  const products = Object.fromEntries(lowered).patches!.model.nodes.filter(({ op }) => op === "FusedMatMul");
  expect(products.length).toBeGreaterThan(1);
  expect(variants.some((variant) => variant.startsWith("images"))).toBe(true);
  const programs = {
    ...Object.fromEntries(lowered.map(([variant, model]) => [variant, programOf(graph, model)])),
    portable: programOf(graph, lower(graph, { block: 0 })),
  };
  const executor = await createExecutor({ device: "cpu", state: {}, programs });
  const rng = random(4);
  const noise = (shape: readonly number[]) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.uniform() - 0.5);
  const feeds = { x: noise(x!), dy: noise(dy!) };
  try {
    const { dw: reference } = await executor.run("portable", feeds);
    const scale = Math.max(...reference!.map(Math.abs));
    for (const variant of variants) {
      const { dw } = await executor.run(variant, feeds);
      const errors = dw!.map((value, i) => Math.abs(value - reference![i]!));
      expect(Math.max(...errors) / scale, variant).toBeLessThan(2e-5);
    }
  } finally {
    await executor.close();
  }
});
