import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { judge, judgedIntervals, meanJudged } from "./agreement-intervals.ts";
import { clusteringAgreement } from "./clustering-agreement.ts";

const counter = { add: () => undefined };

/** Labels of four classes, and clusters that follow them seven times out of ten. */
function drawn(n: number, seed: number) {
  const rng = random(seed, 0xa9);
  const labels = Int32Array.from({ length: n }, () => rng.integer(4));
  const clusters = labels.map((label) => (rng.uniform() < 0.7 ? label : rng.integer(4)));
  return { labels, clusters };
}

test("intervals cover what the clusters agree with in truth, about as often as they say", async () => {
  const many = drawn(400_000, 1);
  const truth = clusteringAgreement(many.labels, many.clusters);
  const runs = 60;
  const covered = { nmi: 0, ari: 0 };
  for (let run = 0; run < runs; run++) {
    const sample = drawn(300, 100 + run);
    const judged = await judge(sample, { resamples: 200 }, counter);
    expect(judged).toMatchObject(clusteringAgreement(sample.labels, sample.clusters));
    const ends = judgedIntervals(judged, {});
    for (const kind of ["nmi", "ari"] as const) {
      expect(ends[kind][0]).toBeLessThan(judged[kind]);
      expect(ends[kind][1]).toBeGreaterThan(judged[kind]);
      if (ends[kind][0] <= truth[kind] && truth[kind] <= ends[kind][1]) covered[kind]++;
    }
  }
  expect(covered.ari / runs).toBeGreaterThan(0.85);
  expect(covered.nmi / runs).toBeGreaterThan(0.85);
});

test("a perfect clustering stays so in every resample", async () => {
  const { labels } = drawn(50, 3);
  const judged = await judge({ labels, clusters: labels.map((label) => 9 - label) }, { resamples: 50 }, counter);
  expect(judgedIntervals(judged, {})).toEqual({ nmi: [1, 1], ari: [1, 1] });
});

test("the mean over classes weighs them by their images, draw by draw", async () => {
  const [a, b] = [
    await judge(drawn(60, 5), { resamples: 40 }, counter),
    await judge(drawn(20, 6), { resamples: 40 }, counter),
  ];
  const mean = meanJudged([a, b])!;
  expect(mean.nmi).toBeCloseTo((3 * a.nmi + b.nmi) / 4, 12);
  expect(mean.draws.ari[7]).toBeCloseTo((3 * a.draws.ari[7]! + b.draws.ari[7]!) / 4, 12);
  expect(meanJudged([])).toBeUndefined();
});
