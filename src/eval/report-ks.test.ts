import { expect, it } from "vitest";
import { random } from "../core/index.ts";
import { evaluateFeatures } from "./evaluate.ts";
import { evaluateFully } from "./evaluate-fully.ts";
import { leftOutLine } from "./left-out.ts";

const dim = 4;
const noise = (n: number) => {
  const rng = random(1);
  return Float32Array.from({ length: n * dim }, () => rng.normal());
};
/** Fine classes of pairs, in coarse classes of these sizes. */
const labelsOf = (sizes: readonly number[]) => ({
  coarse: Int32Array.from(sizes.flatMap((size, label) => new Array<number>(size).fill(label))),
  fine: Int32Array.from({ length: sizes.reduce((sum, size) => sum + size) }, (_, i) => Math.floor(i / 2)),
});
const ksIn = (report: object) =>
  Object.fromEntries(Object.entries(report).map(([kind, recall]) => [kind, Object.keys(recall).join(" ")]));

it.each([
  [[20, 8], "1 2 5 10", "1 2 5 10"],
  [[12, 40], "1 2 5 10 50", "1 2 5 10"],
  [[6, 6], "1 2 5 10", "1 2"],
  [[4, 2], "1 2", "1 2"],
  [[2], "1", "1"],
  [[102], "1 2 5 10 50 100", "1 2 5 10 50 100"],
  [[101], "1 2 5 10 50", "1 2 5 10 50"],
])("of coarse classes of %j images K stays below the images that are searched", async (sizes, all, within) => {
  const labels = labelsOf(sizes);
  const features = noise(labels.coarse.length);
  const recall = await evaluateFeatures(features, dim, labels);
  expect(ksIn(recall)).toEqual({ fine: all, coarse: all, within });
  const { report } = await evaluateFully(features, dim, labels, { resamples: 100, threads: 1 });
  for (const kind of ["fine", "coarse", "within"] as const) {
    const { recall: own, precision, intervals } = report[kind]!;
    expect(own).toEqual(recall[kind]);
    for (const byK of [precision, intervals!.recall, intervals!.precision]) {
      expect(Object.keys(byK)).toEqual(Object.keys(own));
    }
  }
  expect(leftOutLine([undefined, recall.coarse])).toBe(
    all.endsWith("100")
      ? undefined
      : "K is left out where it is not smaller than the number of images that are searched",
  );
});

it("holds for each coarse class by itself, with the same figures", async () => {
  const labels = labelsOf([20, 8]);
  const features = noise(28);
  const { report } = await evaluateFully(features, dim, labels, { resamples: 100, threads: 1 });
  const [large, small] = report.perClass.map(({ within }) => within!);
  expect([large, small].map((row) => Object.keys(row!.recall).join(" "))).toEqual(["1 2 5 10", "1 2 5"]);
  const alone = { coarse: labels.coarse.slice(20), fine: labels.fine.slice(20) };
  const one = await evaluateFully(features.slice(20 * dim), dim, alone, { resamples: 100, threads: 1 });
  expect(small).toEqual({ ...one.report.fine, ...(small!.intervals && { intervals: small!.intervals }) });
  expect(small!.intervals!.recall).toEqual(one.report.fine!.intervals!.recall);
});
