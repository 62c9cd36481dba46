import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Batch, compute, labelOf, type Own, type Result } from "../../test/contrastive.ts";
import { hash, type Random, random } from "../core/index.ts";
import { objectiveOf, type SoftLabel } from "./index.ts";

function unitRows(rng: Random, rows: number, d: number): number[] {
  return Array.from({ length: rows }, () => {
    const row = Array.from({ length: d }, () => rng.normal());
    return row.map((x) => x / Math.hypot(...row));
  }).flat();
}

function batchOf(seed: number, n: number, size: number, classes: number): Batch {
  const rng = random(hash(seed, n, size));
  const d = 6;
  const q = unitRows(rng, n, d);
  return {
    d,
    q,
    k: unitRows(rng, n, d),
    queue: unitRows(rng, size, d),
    labels: Array.from({ length: n }, () => rng.integer(classes)),
    queueLabels: Array.from({ length: size }, () => rng.integer(classes)),
  };
}

const batches = fc
  .tuple(fc.nat(), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 17 }), fc.integer({ min: 1, max: 4 }))
  .map((parameters) => batchOf(...parameters));

const weights = fc.double({ min: 0, max: 1, noNaN: true }).map(Math.fround);
const temperatures = fc.double({ min: 0.01, max: 5, noNaN: true });

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The formula of the method, written as loops over one sample; `own` says which entries are its own keys, positives all. */
function byHand(
  batch: Batch,
  i: number,
  { softWeight: w, softTemperature: t }: SoftLabel,
  own: readonly boolean[] = [],
): number[] {
  const { d, k, queue, labels, queueLabels } = batch;
  const similarity = queueLabels.map((_, j) => {
    let s = 0;
    for (let x = 0; x < d; x++) s += k[i * d + x]! * queue[j * d + x]!;
    return s;
  });
  const same = queueLabels.map((label, j) => label === labels[i] && !own[j]);
  const nearest = Math.max(...similarity.filter((_, j) => same[j]));
  const z = similarity.map((s, j) => (own[j] ? 1 : same[j] ? Math.exp((s - nearest) / t) : 0));
  const u = [1, ...z].map((value) => value / (1 + sum(z)));
  const ownKeys = [true, ...z.map((_, j) => own[j] === true)];
  const each = 1 / ownKeys.filter(Boolean).length;
  return u.map((value, j) => w * value + (ownKeys[j] ? (1 - w) * each : 0));
}

describe("targets", () => {
  test("are the formula's", () => {
    fc.assert(
      fc.property(batches, weights, temperatures, (batch, softWeight, softTemperature) => {
        const label = { softWeight, softTemperature: Math.fround(softTemperature) };
        const { targets } = compute(batch, label);
        for (const [i, row] of targets.entries()) {
          for (const [j, value] of byHand(batch, i, label).entries()) expect(row[j]).toBeCloseTo(value, 6);
        }
      }),
    );
  });

  test("sum to one and are never negative", () => {
    fc.assert(
      fc.property(batches, weights, temperatures, (batch, softWeight, softTemperature) => {
        for (const row of compute(batch, { softWeight, softTemperature }).targets) {
          expect(sum(row)).toBeCloseTo(1, 6);
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test("are the own key alone for a class that is absent from the queue", () => {
    const batch = { ...batchOf(1, 3, 7, 2), labels: [0, 5, 1] };
    for (const name of ["maskcon", "supcon", "grafit"] as const) {
      const { loss, targets, slope } = compute(batch, labelOf({ name }));
      expect(targets[1]).toEqual([1, ...batch.queueLabels.map(() => 0)]);
      expect(loss).toBeGreaterThan(0);
      expect([...slope].every(Number.isFinite)).toBe(true);
    }
  });

  test("of a sample whose own earlier keys are left out are those under a queue without them", () => {
    const cases = fc.tuple(fc.nat(), fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 3 }), weights);
    fc.assert(
      fc.property(cases, temperatures, ([seed, size, classes, softWeight], softTemperature) => {
        const batch = batchOf(seed, 1, size, classes);
        const rng = random(hash(seed, 5));
        const own = batch.queueLabels.map((_, j) => j > 0 && rng.integer(2) === 1);
        const kept = [...own.keys()].filter((j) => !own[j]);
        const { d } = batch;
        const shorter = {
          ...batch,
          queue: kept.flatMap((j) => batch.queue.slice(j * d, (j + 1) * d)),
          queueLabels: kept.map((j) => batch.queueLabels[j]!),
        };
        const label = { softWeight, softTemperature };
        const [masked, expected] = [compute(batch, label, 0.1, { mask: own }), compute(shorter, label)];
        expect(masked.loss).toBeCloseTo(expected.loss, 9);
        const among = masked.targets[0]!;
        expect([0, ...kept.map((j) => j + 1)].map((column) => among[column])).toEqual(
          expected.targets[0]!.map((value) => expect.closeTo(value, 9)),
        );
        for (const [j, left] of own.entries()) if (left) expect(among[j + 1]).toBe(0);
        for (const [i, value] of masked.slope.entries()) expect(value).toBeCloseTo(expected.slope[i]!, 8);
      }),
    );
  });

  test("match nothing in rows of the queue that are still empty", () => {
    const batch = batchOf(2, 3, 5, 2);
    const half = batch.queueLabels.map((label, j) => (j < 2 ? -1 : label));
    for (const row of compute({ ...batch, queueLabels: half }, labelOf({ name: "supcon" })).targets) {
      expect(row.slice(1, 3)).toEqual([0, 0]);
    }
  });

  test("stay finite at a tiny temperature, and are the nearest neighbour's limit there", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const { loss, targets, slope } = compute(batch, { softWeight: 1, softTemperature: 1e-12 });
        expect(Number.isFinite(loss)).toBe(true);
        expect([...slope].every(Number.isFinite)).toBe(true);
        for (const [i, row] of targets.entries()) {
          const alone = !batch.queueLabels.includes(batch.labels[i]!);
          // Half the own key, half the nearest of the same class.
          expect([...row].sort((a, b) => b - a).slice(0, 2)).toEqual(alone ? [1, 0] : [0.5, 0.5]);
          const nearest = row.indexOf(0.5, 1);
          if (!alone)
            expect(nearest - 1).toBe(byHand(batch, i, { softWeight: 1, softTemperature: 1e-9 }).indexOf(0.5, 1) - 1);
        }
      }),
    );
  });

  test("take any queue size, one row and primes too", () => {
    for (const size of [1, 2, 3, 13, 31]) {
      expect(compute(batchOf(size, 4, size, 3), labelOf({ name: "maskcon" })).targets[0]).toHaveLength(size + 1);
    }
  });
});

describe("a sample's own earlier keys as positives", () => {
  /** A batch of several images, some of whose entries are their own; of the sample's class, as an image's keys are. */
  const cases = fc
    .tuple(fc.nat(), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }))
    .map(([seed, n, size]) => {
      const batch = batchOf(seed, n, size, 3);
      const rng = random(hash(seed, 5));
      const mask = batch.labels.flatMap((label) => {
        return batch.queueLabels.map((other) => other === label && rng.integer(2) === 1);
      });
      return { batch, own: { mask, keys: "positive" } as const, rows: batch.labels.map((_, i) => i * size) };
    });
  const ofRow = ({ mask }: Own, from: number, { queueLabels }: Batch) => mask.slice(from, from + queueLabels.length);

  test("have the formula's targets, each the weight of the own key; the loss compares with all", () => {
    fc.assert(
      fc.property(cases, weights, temperatures, ({ batch, own, rows }, softWeight, softTemperature) => {
        const label = { softWeight, softTemperature: Math.fround(softTemperature) };
        const { targets, loss } = compute(batch, label, 0.1, own);
        const losses = targets.map((row, i) => {
          const mine = ofRow(own, rows[i]!, batch);
          for (const [j, value] of byHand(batch, i, label, mine).entries()) expect(row[j]).toBeCloseTo(value, 6);
          expect(sum(row)).toBeCloseTo(1, 6);
          for (const [j, isOwn] of mine.entries()) if (isOwn) expect(row[j + 1]).toBeCloseTo(row[0]!, 12);
          return crossEntropyByHand(batch, i, row);
        });
        expect(loss).toBeCloseTo(sum(losses) / losses.length, 8);
      }),
    );
  });

  test("change nothing of a sample that has none, nor of SupCon, and share SelfCon's target", () => {
    fc.assert(
      fc.property(cases, weights, ({ batch, own }, softWeight) => {
        const label = { softWeight, softTemperature: 0.1 };
        const none = { ...own, mask: own.mask.map(() => false) };
        expect(compute(batch, label, 0.1, none)).toEqual(compute(batch, label));
        const [supcon, selfcon] = [labelOf({ name: "supcon" }), labelOf({ name: "selfcon" })];
        const [with_, without] = [compute(batch, supcon, 0.1, own), compute(batch, supcon)];
        expect(with_.loss).toBeCloseTo(without.loss, 9);
        for (const row of compute(batch, selfcon, 0.1, own).targets) {
          const shared = row.filter((value) => value > 0);
          for (const value of shared) expect(value).toBeCloseTo(1 / shared.length, 6);
        }
      }),
    );
  });

  test("have the slope of central differences", () => {
    fc.assert(
      fc.property(cases, weights, ({ batch, own }, softWeight) => {
        const label = { softWeight, softTemperature: 0.1 };
        expectSlopes(batch, (moved) => compute(moved, label, 0.1, own));
      }),
      { numRuns: 10 },
    );
  });

  test("stay finite at a tiny temperature, alone in their class or not", () => {
    fc.assert(
      fc.property(cases, ({ batch, own }) => {
        const { loss, slope, targets } = compute(batch, { softWeight: 1, softTemperature: 1e-12 }, 0.1, own);
        expect([loss, ...slope, ...targets.flat()].every(Number.isFinite)).toBe(true);
      }),
    );
  });
});

function crossEntropyByHand({ d, q, k, queue }: Batch, i: number, target: readonly number[]): number {
  const similarity = (rows: readonly number[], j: number) =>
    sum(Array.from({ length: d }, (_, x) => q[i * d + x]! * rows[j * d + x]!));
  const logits = [similarity(k, i), ...target.slice(1).map((_, j) => similarity(queue, j))].map((s) => s / 0.1);
  const largest = Math.max(...logits);
  const log = largest + Math.log(sum(logits.map((l) => Math.exp(l - largest))));
  return -sum(target.map((t, j) => t * (logits[j]! - log)));
}

/** The slope at q, against central differences at every place. */
function expectSlopes(batch: Batch, at: (moved: Batch) => Result): void {
  const { slope } = at(batch);
  for (const i of batch.q.keys()) {
    const by = (h: number) => at({ ...batch, q: batch.q.map((x, j) => (j === i ? x + h : x)) }).loss;
    expect(slope[i]).toBeCloseTo((by(1e-5) - by(-1e-5)) / 2e-5, 6);
  }
}

describe("several crops", () => {
  const roles = fc.constantFrom(undefined, "masked" as const, "positive" as const);

  test("are the mean of the losses of one each, with each one's share of the slope", () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 2, max: 4 }), weights, roles, (batch, crops, softWeight, keys) => {
        const rng = random(hash(batch.labels.length, crops));
        const n = batch.labels.length;
        const each = Array.from({ length: crops }, () => unitRows(rng, n, batch.d));
        const mask = Array.from({ length: n * batch.queueLabels.length }, () => rng.integer(3) === 0);
        const own = keys && { mask, keys };
        const label = { softWeight, softTemperature: 0.1 };
        const all = compute({ ...batch, q: each.flat() }, label, 0.1, own);
        const alone = each.map((q) => compute({ ...batch, q }, label, 0.1, own));
        expect(all.loss).toBeCloseTo(sum(alone.map(({ loss }) => loss)) / crops, 6);
        const slopes = alone.flatMap(({ slope }) => [...slope]);
        for (const [i, value] of all.slope.entries()) expect(value).toBeCloseTo(slopes[i]! / crops, 6);
        expect(all.targets).toEqual(alone[0]!.targets);
      }),
    );
  });

  test("have the slope of central differences", () => {
    const batch = batchOf(3, 2, 7, 2);
    const twice = { ...batch, q: [...batch.q, ...unitRows(random(4), 2, batch.d)] };
    const mask = Array.from({ length: 14 }, (_, i) => i % 3 === 0);
    for (const own of [undefined, { mask }, { mask, keys: "positive" as const }]) {
      expectSlopes(twice, (moved) => compute(moved, { softWeight: 0.7, softTemperature: 0.1 }, 0.1, own));
    }
  });
});

describe("methods as cases of one another", () => {
  test("SelfCon is MaskCon with w = 0, exactly", () => {
    fc.assert(
      fc.property(batches, temperatures, (batch, softTemperature) => {
        const selfcon = compute(batch, labelOf({ name: "selfcon" }));
        const maskcon = compute(batch, labelOf({ name: "maskcon", softWeight: 0, softTemperature }));
        expect(maskcon.loss).toBe(selfcon.loss);
        expect(maskcon.slope).toEqual(selfcon.slope);
      }),
    );
  });

  test("SupCon is MaskCon with w = 1 and T to infinity", () => {
    fc.assert(
      fc.property(batches, (batch) => {
        const supcon = compute(batch, labelOf({ name: "supcon" }));
        const limit = compute(batch, labelOf({ name: "maskcon", softWeight: 1, softTemperature: 1e9 }));
        expect(limit.loss).toBeCloseTo(supcon.loss, 6);
        const exact = labelOf({ name: "maskcon", softWeight: 1, softTemperature: Number.POSITIVE_INFINITY });
        expect(compute(batch, exact).loss).toBe(supcon.loss);
      }),
    );
  });

  test("Grafit is w SupCon + (1 - w) SelfCon, and MaskCon with T to infinity, exactly", () => {
    fc.assert(
      fc.property(batches, weights, (batch, softWeight) => {
        const [grafit, supcon, selfcon] = [
          compute(batch, labelOf({ name: "grafit", softWeight })),
          compute(batch, labelOf({ name: "supcon" })),
          compute(batch, labelOf({ name: "selfcon" })),
        ];
        expect(grafit.loss).toBeCloseTo(softWeight * supcon.loss + (1 - softWeight) * selfcon.loss, 6);
        const softTemperature = Number.POSITIVE_INFINITY;
        expect(compute(batch, labelOf({ name: "maskcon", softWeight, softTemperature })).loss).toBe(grafit.loss);
      }),
    );
  });

  test("SupFINE is SupCon on other labels", () => {
    expect(objectiveOf({ name: "supfine" })).toEqual(objectiveOf({ name: "supcon" }));
  });
});

test("permuting the queue with its labels leaves the loss", () => {
  fc.assert(
    fc.property(batches, fc.nat(), weights, (batch, turn, softWeight) => {
      const { d, queue, queueLabels } = batch;
      const size = queueLabels.length;
      const order = queueLabels.map((_, j) => (size - 1 - j + turn) % size);
      const permuted = {
        ...batch,
        queue: order.flatMap((j) => queue.slice(j * d, (j + 1) * d)),
        queueLabels: order.map((j) => queueLabels[j]!),
      };
      const label = { softWeight, softTemperature: 0.05 };
      expect(compute(permuted, label).loss).toBeCloseTo(compute(batch, label).loss, 9);
    }),
  );
});

test("the loss is positive, and least where a query is its key", () => {
  const batch = batchOf(9, 4, 11, 3);
  const label = labelOf({ name: "selfcon" });
  const own = compute({ ...batch, q: batch.k }, label).loss;
  expect(own).toBeGreaterThan(0);
  expect(own).toBeLessThan(compute(batch, label).loss);
});
