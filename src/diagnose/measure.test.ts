import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../test/conformance/reference.ts";
import { type Random, random } from "../core/index.ts";
import { Graph, ops } from "../engine/index.ts";
import { type SoftLabel, softLabels } from "../methods/index.ts";
import { type Measured, measureTargets } from "./measure.ts";
import type { Relations } from "./relations.ts";

const dim = 5;

function unitRows(rng: Random, count: number): Float32Array {
  const rows = Array.from({ length: count }, () => {
    const row = Array.from({ length: dim }, () => rng.normal());
    return row.map((x) => x / Math.hypot(...row));
  });
  return Float32Array.from(rows.flat());
}

/** `nested`: two fine classes in each coarse one; otherwise fine labels cross the coarse classes. */
function relationsOf(seed: number, n: number, k: number, classes: number, nested: boolean): Relations {
  const rng = random(seed, n, k);
  const labels = (count: number) => {
    const fine = Int32Array.from({ length: count }, () => rng.integer(2 * classes));
    return { fine, coarse: fine.map((label) => (nested ? label >> 1 : rng.integer(classes))) };
  };
  return {
    dim,
    keys: unitRows(rng, n),
    queue: unitRows(rng, k),
    labels: labels(n),
    queueLabels: labels(k),
    own: Int32Array.from({ length: n }, () => rng.integer(k + 1) - 1),
  };
}

const cases = fc
  .tuple(
    fc.nat(),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 25 }),
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
  )
  .map((parameters) => relationsOf(...parameters));
const softLabel = fc.record({
  softWeight: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  softTemperature: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0.01, max: 5, noNaN: true })),
});

/** A query's targets over [own key, every queue entry], straight from the formula sheet. */
function targetsByHand(r: Relations, i: number, { softWeight: w, softTemperature: t }: SoftLabel): number[] {
  const places = [...r.queueLabels.coarse.keys()];
  const similarity = places.map((j) => {
    let sum = 0;
    for (let x = 0; x < dim; x++) sum += r.keys[i * dim + x]! * r.queue[j * dim + x]!;
    return sum;
  });
  const same = places.map((j) => r.queueLabels.coarse[j] === r.labels.coarse[i] && j !== r.own?.[i]);
  const nearest = Math.max(...similarity.filter((_, j) => same[j]));
  const z = similarity.map((s, j) => (same[j] ? Math.exp((s - nearest) / t) : 0));
  const total = z.reduce((a, b) => a + b, 0);
  return [1, ...z].map((value, j) => (w * value) / (1 + total) + (j === 0 ? 1 - w : 0));
}

function fineByHand(r: Relations, i: number): number[] {
  const same = [...r.queueLabels.fine].map((fine, j) => Number(fine === r.labels.fine[i] && j !== r.own?.[i]));
  const count = 1 + same.reduce((a, b) => a + b, 0);
  return [1, ...same].map((x) => x / count);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const distance = (a: readonly number[], b: readonly number[]) => sum(a.map((x, j) => Math.abs(x - b[j]!))) / 2;
const entropy = (t: readonly number[]) => -sum(t.map((x) => (x > 0 ? x * Math.log(x) : 0)));

function measureByHand(r: Relations, label: SoftLabel) {
  const rows = [...r.labels.coarse.keys()].map((i) => {
    const [t, best] = [targetsByHand(r, i, label), fineByHand(r, i)];
    const sameFine = sum(t.filter((_, j) => j > 0 && best[j]! > 0));
    return { tv: distance(t, best), own: t[0]!, sameFine, other: sum(t) - t[0]! - sameFine, entropy: entropy(t) };
  });
  const mean = (pick: (row: (typeof rows)[number]) => number) => sum(rows.map(pick)) / rows.length;
  return {
    totalVariation: mean((row) => row.tv),
    ownWeight: mean((row) => row.own),
    sameFineWeight: mean((row) => row.sameFine),
    otherWeight: mean((row) => row.other),
    entropy: mean((row) => row.entropy),
    effectiveEntries: mean((row) => Math.exp(row.entropy)),
    rows: rows.map((row) => row.tv),
  };
}

const keys = ["totalVariation", "ownWeight", "sameFineWeight", "otherWeight", "entropy", "effectiveEntries"] as const;
const only = (r: Relations, label: SoftLabel): Measured => measureTargets(r, [label]).measures[0]!;
const infinite = Number.POSITIVE_INFINITY;

describe("measured targets", () => {
  test("are those of naive loops, many soft labels at once", () => {
    fc.assert(
      fc.property(cases, fc.array(softLabel, { minLength: 1, maxLength: 6 }), (r, labels) => {
        const { measures, queries, fine } = measureTargets(r, labels);
        expect(queries).toBe(r.labels.coarse.length);
        for (const [i, label] of labels.entries()) {
          const expected = measureByHand(r, label);
          for (const key of keys) expect(measures[i]![key], key).toBeCloseTo(expected[key], 9);
          for (const [row, tv] of expected.rows.entries()) expect(measures[i]!.rows[row]).toBeCloseTo(tv, 9);
        }
        const best = [...r.labels.coarse.keys()].map((i) => fineByHand(r, i));
        expect(fine.entropy).toBeCloseTo(sum(best.map(entropy)) / queries, 9);
        expect(fine.effectiveEntries).toBeCloseTo(sum(best.map((t) => Math.exp(entropy(t)))) / queries, 9);
        expect(fine.ownWeight).toBeCloseTo(sum(best.map((t) => t[0]!)) / queries, 9);
      }),
    );
  });

  test("are those of the training step's own graph", () => {
    const [n, k] = [7, 40];
    const r: Relations = { ...relationsOf(3, n, k, 3, true), own: new Int32Array(n).fill(-1) };
    for (const label of [
      { softWeight: 1, softTemperature: 0.05 },
      { softWeight: 0.75, softTemperature: 0.1 },
      { softWeight: 0.5, softTemperature: infinite },
    ]) {
      const graph = new Graph(ops);
      const rows = { k: [n, dim], queue: [k, dim], labels: [n], queueLabels: [k] } as const;
      const data = { k: r.keys, queue: r.queue, labels: r.labels.coarse, queueLabels: r.queueLabels.coarse };
      const input = (name: keyof typeof rows) => graph.input(name, "float32", rows[name]);
      const inputs = {
        graph,
        temperature: 0.1,
        q: graph.input("q", "float32", [n, dim]),
        k: input("k"),
        queue: input("queue"),
        labels: input("labels"),
        queueLabels: input("queueLabels"),
      };
      const feeds = Object.fromEntries(
        (Object.keys(rows) as (keyof typeof rows)[]).map((name) => [
          name,
          { shape: rows[name], data: Float64Array.from(data[name]) },
        ]),
      );
      const [targets] = evaluate(graph, feeds, [softLabels(inputs, label)]);
      const variations = Array.from({ length: n }, (_, i) =>
        distance([...targets!.data.slice(i * (k + 1), (i + 1) * (k + 1))], fineByHand(r, i)),
      );
      const { rows: found } = only(r, label);
      for (const [i, variation] of variations.entries()) expect(found[i]).toBeCloseTo(variation, 6);
    }
  });

  test("sum to one", () => {
    fc.assert(
      fc.property(cases, softLabel, (r, label) => {
        const { ownWeight, sameFineWeight, otherWeight } = only(r, label);
        expect(ownWeight + sameFineWeight + otherWeight).toBeCloseTo(1, 12);
        expect(Math.min(ownWeight, sameFineWeight, otherWeight)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe("identities", () => {
  test("w = 0 is SelfCon whatever T", () => {
    fc.assert(
      fc.property(cases, softLabel, (r, { softTemperature }) => {
        expect(only(r, { softWeight: 0, softTemperature })).toEqual(
          only(r, { softWeight: 0, softTemperature: infinite }),
        );
      }),
    );
  });

  test("T to infinity is SupCon", () => {
    fc.assert(
      fc.property(cases, (r) => {
        const [far, limit] = [1e9, infinite].map((softTemperature) => only(r, { softWeight: 1, softTemperature }));
        for (const key of keys) expect(far![key]).toBeCloseTo(limit![key], 6);
      }),
    );
  });

  test("the fine relations themselves have a total variation of 0: SupCon on labels that are the fine ones", () => {
    fc.assert(
      fc.property(cases, (r) => {
        const fineOnly = (labels: Relations["labels"]) => ({ ...labels, coarse: labels.fine });
        const known = { ...r, labels: fineOnly(r.labels), queueLabels: fineOnly(r.queueLabels) };
        const { totalVariation, otherWeight, entropy } = only(known, { softWeight: 1, softTemperature: infinite });
        expect(totalVariation).toBeCloseTo(0, 12);
        expect(otherWeight).toBeCloseTo(0, 12);
        expect(entropy).toBeCloseTo(measureTargets(known, []).fine.entropy, 9);
      }),
    );
  });

  test("the loss under t differs from that under t* by no more than (2 / T0) TV", () => {
    fc.assert(
      fc.property(cases, softLabel, fc.nat(), (r, label, seed) => {
        const q = unitRows(random(seed), 1);
        const dot = (rows: Float32Array, j: number) => sum([...q].map((x, at) => x * rows[j * dim + at]!));
        const logits = [dot(r.keys, 0), ...Array.from(r.queueLabels.fine.keys(), (j) => dot(r.queue, j))].map(
          (s) => s / 0.1,
        );
        const log = Math.log(sum(logits.map(Math.exp)));
        const loss = (t: readonly number[]) => sum(t.map((x, j) => x * (log - logits[j]!)));
        const gap = Math.abs(loss(targetsByHand(r, 0, label)) - loss(fineByHand(r, 0)));
        expect(gap).toBeLessThanOrEqual((2 / 0.1) * only(r, label).rows[0]! + 1e-6);
      }),
    );
  });
});

describe("the edges", () => {
  test("a coarse class absent from the queue, an empty queue and a tiny T stay finite", () => {
    const r = relationsOf(5, 4, 9, 2, true);
    const absent = { ...r, labels: { ...r.labels, coarse: Int32Array.of(0, 9, 1, 0) } };
    const hollow = { ...r, queueLabels: { coarse: new Int32Array(9).fill(-1), fine: new Int32Array(9).fill(-1) } };
    for (const relations of [r, absent, hollow]) {
      for (const softTemperature of [1e-300, 1e-12, 0.05, infinite]) {
        const measured = only(relations, { softWeight: 1, softTemperature });
        for (const key of keys) expect(Number.isFinite(measured[key]), `${key} at ${softTemperature}`).toBe(true);
      }
    }
    expect(only(hollow, { softWeight: 1, softTemperature: 0.05 })).toMatchObject({ ownWeight: 1, entropy: 0 });
  });

  test("unknown fine labels are estimated from the known ones, without bias in the mean", () => {
    const r = relationsOf(8, 300, 400, 2, true);
    const label = { softWeight: 0.8, softTemperature: 0.3 };
    const all = only(r, label).sameFineWeight;
    let total = 0;
    const draws = 60;
    for (let draw = 0; draw < draws; draw++) {
      const rng = random(draw);
      const fine = r.queueLabels.fine.map((value) => (rng.uniform() < 0.5 ? value : -1));
      total += only({ ...r, queueLabels: { ...r.queueLabels, fine } }, label).sameFineWeight / draws;
    }
    expect(Math.abs(total - all)).toBeLessThan(0.005);
  });

  test("queries that no known entry informs are left out", () => {
    const r = relationsOf(9, 20, 30, 1, true);
    const fine = r.queueLabels.fine.map((label, place) => (label === 0 && place % 2 ? 0 : -1));
    const { queries } = measureTargets({ ...r, queueLabels: { ...r.queueLabels, fine } }, []);
    expect(queries).toBe(r.labels.fine.filter((label) => label === 0).length);
  });

  test("sizes that disagree are refused", () => {
    const r = relationsOf(1, 3, 5, 2, true);
    expect(() => only({ ...r, dim: 4 }, { softWeight: 1, softTemperature: 1 })).toThrow(
      "keys: expected 12 values, found 15",
    );
  });
});
