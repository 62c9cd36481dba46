import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compute, labelOf } from "../../test/contrastive.ts";

describe("values of the official implementation", () => {
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
    readonly loss_selfcon: number;
    readonly loss_supcon: number;
  }
  const file = new URL("../../test/golden/ops.json", import.meta.url);
  const cases = JSON.parse(readFileSync(file, "utf8")).labels as Golden[];

  test.each(cases.map((golden, i) => ({ golden, i })))("case $i", ({ golden }) => {
    const batch = {
      d: golden.q[0]!.length,
      q: golden.q.flat(),
      k: golden.k.flat(),
      queue: golden.queue.flat(),
      labels: golden.labels,
      queueLabels: golden.queue_labels,
    };
    const maskcon = compute(batch, { softWeight: golden.w, softTemperature: golden.T }, golden.T0);
    for (const [i, row] of golden.maskcon_soft_labels.entries()) {
      for (const [j, value] of row.entries()) expect(Math.abs(maskcon.targets[i]![j]! - value)).toBeLessThan(1e-6);
    }
    const relative = (found: number, expected: number) => Math.abs(found - expected) / expected;
    expect(relative(maskcon.loss, golden.loss_maskcon)).toBeLessThan(1e-5);
    const loss = (name: "selfcon" | "supcon") => compute(batch, labelOf({ name }), golden.T0).loss;
    expect(relative(loss("selfcon"), golden.loss_selfcon)).toBeLessThan(1e-5);
    expect(relative(loss("supcon"), golden.loss_supcon)).toBeLessThan(1e-5);
  });
});
