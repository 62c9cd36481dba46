import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { clusteringAgreement } from "./clustering-agreement.ts";
import type { EvalProgress } from "./effort.ts";
import { evaluateFeatures } from "./evaluate.ts";
import { evaluateFully, gains, recallReport } from "./evaluate-fully.ts";
import { kMeans } from "./k-means.ts";
import { measureRetrieval } from "./measure-retrieval.ts";
import type { Measures } from "./measures.ts";
import { recallKs } from "./report-ks.ts";

const [n, dim] = [240, 8];
const fine = Int32Array.from({ length: n }, (_, i) => i % 10);
/** Coarse class 3 has the single fine class 9; fine classes 0 to 8 lie in three coarse ones of three. */
const coarse = fine.map((label) => Math.floor(label / 3));

/** Rows around a centre for each fine class, which lies near that of its coarse class. */
function clouds(noise: number, seed: number): Float32Array {
  const centres = random(5);
  const ofCoarse = Float32Array.from({ length: 4 * dim }, () => centres.normal());
  const ofFine = Float32Array.from({ length: 10 * dim }, () => 0.4 * centres.normal());
  const rng = random(seed);
  return Float32Array.from({ length: n * dim }, (_, i) => {
    const [row, d] = [Math.floor(i / dim), i % dim];
    return ofCoarse[coarse[row]! * dim + d]! + ofFine[fine[row]! * dim + d]! + noise * rng.normal();
  });
}

const features = clouds(0.5, 1);
const quick = { resamples: 100, threads: 1 };

test("recall is that of evaluateFeatures to the bit, every other measure that of its own function", async () => {
  const { report } = await evaluateFully(features, dim, { coarse, fine }, quick);
  expect(recallReport(report)).toEqual(await evaluateFeatures(features, dim, { coarse, fine }));
  const o = { features, dim, ks: recallKs };
  const intervals = { resamples: 100 };
  expect(report.fine).toMatchObject(await measureRetrieval({ ...o, labels: fine, intervals }));
  expect(report.coarse).toMatchObject(await measureRetrieval({ ...o, labels: coarse, intervals }));
  expect(report.within).toMatchObject(
    await measureRetrieval({ ...o, ks: [1, 2, 5, 10, 50], labels: fine, within: coarse, intervals }),
  );
  const { clusters } = await kMeans({ features, dim, k: 10 });
  expect(report.fine).toMatchObject(clusteringAgreement(fine, clusters));
});

test("the means over the coarse classes, weighted by images, are the means overall", async () => {
  const { report } = await evaluateFully(features, dim, { coarse, fine }, quick);
  expect(report.images).toBe(n);
  expect(report.perClass.map((row) => [row.coarseClass, row.images, row.fineClasses])).toEqual([
    [0, 72, 3],
    [1, 72, 3],
    [2, 72, 3],
    [3, 24, 1],
  ]);
  const mean = (kind: "fine" | "coarse" | "within", of: (measures: Measures) => number) =>
    report.perClass.reduce((sum, row) => sum + of(row[kind]!) * row.images, 0) / n;
  for (const kind of ["fine", "coarse", "within"] as const) {
    for (const of of [
      ({ recall }: Measures) => recall["1"]!,
      ({ mapAtR }: Measures) => mapAtR,
      (m: Measures) => m.knn,
    ]) {
      expect(mean(kind, of)).toBeCloseTo(of(report[kind]!), 6);
    }
  }
  // Within a class of one kind everything is right, and there is nothing to cluster.
  const single = report.perClass[3]!.within!;
  expect(single).toMatchObject({ mapAtR: 1, knn: 1, alone: 0 });
  expect(single.nmi).toBeUndefined();
  const nmi = report.perClass.slice(0, 3).map(({ within }) => within!.nmi!);
  expect(report.within!.nmi).toBeCloseTo((nmi[0]! + nmi[1]! + nmi[2]!) / 3, 9);
});

test("every mean lies in its interval, and more noise scores less with everything", async () => {
  const [clear, noisy] = [clouds(0.3, 2), clouds(1.5, 2)];
  const better = (await evaluateFully(clear, dim, { coarse, fine }, quick)).report;
  const worse = (await evaluateFully(noisy, dim, { coarse, fine }, quick)).report;
  for (const kind of ["fine", "coarse", "within"] as const) {
    const ofClasses = better.perClass.map((row) => row[kind]!);
    for (const { recall, precision, mapAtR, knn, nmi, ari, intervals } of [better[kind]!, worse[kind]!, ...ofClasses]) {
      const pairs = [
        [mapAtR, intervals!.mapAtR],
        [knn, intervals!.knn],
        ...(nmi === undefined ? [] : [[nmi, intervals!.nmi]]),
        ...(ari === undefined ? [] : [[ari, intervals!.ari]]),
        ...Object.keys(recall).map((k) => [recall[k], intervals!.recall[k]]),
        ...Object.keys(precision).map((k) => [precision[k], intervals!.precision[k]]),
      ] as [number, [number, number]][];
      for (const [value, [low, high]] of pairs) {
        expect(low - 1e-9).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(high + 1e-9);
      }
    }
    for (const measure of ["mapAtR", "knn", "nmi", "ari"] as const) {
      expect(better[kind]![measure]).toBeGreaterThan(worse[kind]![measure]!);
    }
  }
});

test("gains are differences of the means, with narrower intervals than two apart; none over itself", async () => {
  const base = await evaluateFully(clouds(0.6, 1), dim, { coarse, fine }, quick);
  const trained = await evaluateFully(features, dim, { coarse, fine }, quick);
  const gain = await gains(trained.scores, base.scores, quick);
  for (const kind of ["fine", "coarse", "within"] as const) {
    expect(gain[kind]!.mapAtR).toBeCloseTo(trained.report[kind]!.mapAtR - base.report[kind]!.mapAtR, 6);
  }
  const width = ([low, high]: readonly [number, number]) => high - low;
  const apart = width(trained.report.fine!.intervals!.mapAtR) + width(base.report.fine!.intervals!.mapAtR);
  expect(width(gain.fine!.intervals!.mapAtR)).toBeLessThan(apart);
  const none = await gains(base.scores, base.scores, quick);
  expect(none.fine).toMatchObject({ mapAtR: 0, knn: 0, intervals: { mapAtR: [0, 0] } });
});

test("without fine labels, or with each of them once, only the coarse question is asked", async () => {
  const none = await evaluateFully(features, dim, { coarse, fine: undefined }, quick);
  expect(Object.keys(none.report)).toEqual(["images", "coarse", "perClass"]);
  expect(Object.keys(none.report.perClass[0]!)).toEqual(["coarseClass", "images", "coarse"]);
  const once = Int32Array.from({ length: n }, (_, i) => i);
  const { report } = await evaluateFully(features, dim, { coarse, fine: once }, quick);
  expect(Object.keys(report)).toEqual(["images", "coarse", "perClass"]);
  const empty = await evaluateFully(new Float32Array(), dim, { coarse: new Int32Array(), fine: undefined }, quick);
  expect(empty.report).toMatchObject({ images: 0, coarse: { alone: 0, mapAtR: 0 }, perClass: [] });
});

test("memory and threads change nothing", async () => {
  const report = (await evaluateFully(features, dim, { coarse, fine }, quick)).report;
  expect(
    (await evaluateFully(features, dim, { coarse, fine }, { ...quick, memory: 50_000, threads: 2 })).report,
  ).toEqual(report);
});

test("progress goes through three phases to their ends, and each can be aborted", async () => {
  const events: EvalProgress[] = [];
  await evaluateFully(features, dim, { coarse, fine }, { ...quick, progress: (event) => events.push(event) });
  expect([...new Set(events.map(({ phase }) => phase))]).toEqual(["neighbours", "clusters", "intervals"]);
  for (const phase of ["neighbours", "clusters", "intervals"] as const) {
    const own = events.filter((event) => event.phase === phase);
    expect(own.map(({ done }) => done)).toEqual(own.map(({ done }) => done).sort((a, b) => a - b));
    expect(own.at(-1)!.done).toBe(own.at(-1)!.total);
    const controller = new AbortController();
    const progress = (event: EvalProgress) => {
      if (event.phase === phase) controller.abort(new Error(`no ${phase}`));
    };
    const work = evaluateFully(features, dim, { coarse, fine }, { ...quick, signal: controller.signal, progress });
    await expect(work).rejects.toThrow(`no ${phase}`);
  }
});

test("a class of lone images has no clustering to agree with, and they are counted", async () => {
  const rng = random(3);
  const [lone, paired] = [12, 20];
  const length = lone + paired;
  const noise = Float32Array.from({ length: length * dim }, () => rng.normal());
  const labels = {
    fine: Int32Array.from({ length }, (_, i) => (i < lone ? i : lone + (i % 4))),
    coarse: Int32Array.from({ length }, (_, i) => Number(i >= lone)),
  };
  const { report } = await evaluateFully(noise, dim, labels, quick);
  const [ofLone, ofPaired] = report.perClass;
  expect(ofLone!.within).toMatchObject({ alone: lone });
  expect(ofLone!.within!.nmi).toBeUndefined();
  expect(report.within).toMatchObject({ alone: lone });
  for (const kind of ["nmi", "ari"] as const) {
    expect(report.within![kind]).toBeCloseTo(ofPaired!.within![kind]!, 12);
  }
  const all = { ...labels, fine: Int32Array.from({ length }, (_, i) => i) };
  // One class, and as many as images: every clustering would agree.
  for (const of of [() => 0, (i: number) => i]) {
    const alike = Int32Array.from({ length }, (_, i) => of(i));
    const { fine, coarse } = (await evaluateFully(noise, dim, { coarse: alike, fine: labels.fine }, quick)).report;
    expect(coarse.nmi).toBeUndefined();
    expect(coarse.ari).toBeUndefined();
    expect(fine!.nmi).toBeLessThan(1);
  }
  const one = { coarse: labels.coarse, fine: new Int32Array(length) };
  expect((await evaluateFully(noise, dim, one, quick)).report.fine).not.toHaveProperty("nmi");
  expect(Object.keys((await evaluateFully(noise, dim, all, quick)).report)).toEqual(["images", "coarse", "perClass"]);
});
