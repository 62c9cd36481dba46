import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Graph, gradients, lowerToBytes, ops } from "../engine/index.ts";
import { createExecutor } from "../engine/runtime/node.ts";
import { contrastiveLoss, type SoftLabel, softLabels } from "./index.ts";

interface Golden {
  readonly w: number;
  readonly T0: number;
  readonly T: number;
  readonly q: number[][];
  readonly k: number[][];
  readonly queue: number[][];
  readonly labels: number[];
  readonly queue_labels: number[];
  readonly maskcon_soft_labels: number[][];
  readonly loss_maskcon: number;
}

const file = new URL("../../test/golden/ops.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")).labels as Golden[];

/** Targets, loss and the query's gradient in float32, as a training step computes them. */
async function compute(golden: Golden, label: SoftLabel) {
  const graph = new Graph(ops);
  const matrix = (name: string, rows: number[][]) => graph.input(name, "float32", [rows.length, rows[0]!.length]);
  const inputs = {
    temperature: golden.T0,
    q: matrix("q", golden.q),
    k: matrix("k", golden.k),
    queue: matrix("queue", golden.queue),
    labels: graph.input("labels", "float32", [golden.labels.length]),
    queueLabels: graph.input("queueLabels", "float32", [golden.queue_labels.length]),
  };
  const loss = contrastiveLoss(inputs, label);
  graph.output("loss", loss);
  graph.output("targets", softLabels(inputs, label));
  graph.output("slope", gradients(graph, loss, [inputs.q])[0]!);
  const feeds = Object.fromEntries([...graph.inputs].map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
  const fetches = [...graph.outputs.keys()];
  const run = { model: lowerToBytes(graph, { block: 0 }), feeds, reads: [], writes: [], fetches };
  const executor = await createExecutor({ device: "cpu", threads: 1, state: {}, programs: { run } });
  try {
    return (await executor.run("run", {
      q: Float32Array.from(golden.q.flat()),
      k: Float32Array.from(golden.k.flat()),
      queue: Float32Array.from(golden.queue.flat()),
      labels: Float32Array.from(golden.labels),
      queueLabels: Float32Array.from(golden.queue_labels),
    })) as Record<"loss" | "targets" | "slope", Float32Array>;
  } finally {
    await executor.close();
  }
}

describe("in float32", () => {
  test.each(cases.map((golden, i) => ({ golden, i })))(
    "the official soft labels of case $i to 1e-6",
    async ({ golden }) => {
      const { loss, targets } = await compute(golden, { softWeight: golden.w, softTemperature: golden.T });
      const expected = golden.maskcon_soft_labels.flat();
      expect(Math.max(...expected.map((t, i) => Math.abs(t - targets[i]!)))).toBeLessThan(1e-6);
      expect(Math.abs(loss[0]! / golden.loss_maskcon - 1)).toBeLessThan(1e-5);
    },
  );

  test.each([1e-3, 1e-12, 1e-30])(
    "no NaN at T = %s, nor where a class is absent from the queue",
    async (softTemperature) => {
      const labels = cases[0]!.labels.map((label, i) => (i === 0 ? 9 : label));
      const { loss, targets, slope } = await compute({ ...cases[0]!, labels }, { softWeight: 1, softTemperature });
      expect([...loss, ...targets, ...slope].every(Number.isFinite)).toBe(true);
      expect(targets.slice(0, 13)).toEqual(Float32Array.from({ length: 13 }, (_, i) => Number(i === 0)));
    },
  );
});
