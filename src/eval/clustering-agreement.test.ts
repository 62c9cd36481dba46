import fc from "fast-check";
import { expect, test } from "vitest";
import { clusteringAgreement } from "./clustering-agreement.ts";

const agreement = (a: readonly number[], b: readonly number[]) =>
  clusteringAgreement(Int32Array.from(a), Int32Array.from(b));

test("the values of scikit-learn's documentation", () => {
  expect(agreement([0, 0, 1, 1], [1, 1, 0, 0])).toEqual({ nmi: 1, ari: 1 });
  expect(agreement([0, 0, 0, 0], [0, 1, 2, 3])).toEqual({ nmi: 0, ari: 0 });
  expect(agreement([0, 0, 1, 2], [0, 0, 1, 1]).ari).toBeCloseTo(0.5714285714, 9);
  expect(agreement([0, 0, 1, 1], [0, 0, 1, 2]).ari).toBeCloseTo(0.5714285714, 9);
  expect(agreement([0, 0, 1, 1], [0, 1, 0, 1]).ari).toBeCloseTo(-0.5, 12);
  expect(agreement([0, 0, 1, 1], [0, 1, 0, 1]).nmi).toBe(0);
  // MI = ln 2 = H(b), H(a) = 1.5 ln 2.
  expect(agreement([0, 0, 1, 2], [0, 0, 1, 1]).nmi).toBeCloseTo(0.8, 12);
});

test("one cluster against one class agrees, as does nothing with nothing", () => {
  expect(agreement([4, 4, 4], [2, 2, 2])).toEqual({ nmi: 1, ari: 1 });
  expect(agreement([4], [2])).toEqual({ nmi: 1, ari: 1 });
  expect(agreement([], [])).toEqual({ nmi: 1, ari: 1 });
  expect(agreement([0, 1, 2], [2, 0, 1])).toEqual({ nmi: 1, ari: 1 });
});

/** Every pair judged one by one, and the joint entropy from every cell, empty ones included. */
function naive(a: readonly number[], b: readonly number[]) {
  const n = a.length;
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (a[i] === a[j]) b[i] === b[j] ? tp++ : fn++;
      else b[i] === b[j] ? fp++ : tn++;
    }
  }
  const ari = fn + fp === 0 ? 1 : (2 * (tp * tn - fn * fp)) / ((tp + fn) * (fn + tn) + (tp + fp) * (fp + tn));
  const entropy = (names: readonly string[]) =>
    [...new Set(names)].reduce((sum, name) => {
      const p = names.filter((other) => other === name).length / n;
      return sum - p * Math.log(p);
    }, 0);
  const [ha, hb] = [entropy(a.map(String)), entropy(b.map(String))];
  const joint = entropy(a.map((value, i) => `${value},${b[i]}`));
  return { ari, nmi: ha + hb === 0 ? 1 : (2 * (ha + hb - joint)) / (ha + hb) };
}

test("agrees with judging every pair, whatever the names, either way round", () => {
  const label = fc.integer({ min: 0, max: 7 });
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label), { minLength: 1, maxLength: 40 }), (pairs) => {
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
      const [found, swapped, expected] = [agreement(a, b), agreement(b, a), naive(a, b)];
      for (const kind of ["nmi", "ari"] as const) {
        expect(found[kind]).toBeCloseTo(expected[kind], 9);
        expect(swapped[kind]).toBeCloseTo(expected[kind], 9);
      }
    }),
  );
});

test("different lengths are refused", () => {
  expect(() => agreement([1, 2], [1])).toThrow("clusters: expected 2, one an image, found 1");
});
