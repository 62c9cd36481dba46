import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { measureTargets } from "./measure.ts";
import { propose, trainFlags, triedSettings } from "./propose.ts";
import type { Relations } from "./relations.ts";

const dim = 16;

/** Two coarse classes of `fines` fine ones each; `spread` is how far images lie from their fine class's centre. */
function clustered(n: number, fines: number, spread: number): Relations {
  const rng = random(4, n);
  const centres = Array.from({ length: 2 * fines }, () => Array.from({ length: dim }, () => rng.normal()));
  const fine = Int32Array.from({ length: n }, (_, i) => i % (2 * fines));
  const rows = Array.from(fine, (label) => {
    const row = centres[label]!.map((x) => x + spread * rng.normal());
    return row.map((x) => x / Math.hypot(...row));
  });
  const keys = Float32Array.from(rows.flat());
  const labels = { fine, coarse: fine.map((label) => Math.floor(label / fines)) };
  return { keys, queue: keys, dim, labels, queueLabels: labels, own: Int32Array.from({ length: n }, (_, i) => i) };
}

test("proposes the nearest of the settings it tried", () => {
  const relations = clustered(120, 4, 0.5);
  const proposal = propose(relations);
  const { measures } = measureTargets(relations, triedSettings());
  expect(proposal.totalVariation).toBe(Math.min(...measures.map((m) => m.totalVariation)));
  expect(proposal.tried).toHaveLength(triedSettings().length);
  expect(proposal.flags).toBe(
    `--method maskcon --soft-weight ${proposal.softWeight} --soft-temperature ${proposal.softTemperature}`,
  );
});

test("well separated fine classes want a finite T, and every resample agrees that SupCon is farther", () => {
  const { softWeight, softTemperature, bootstrap } = propose(clustered(160, 4, 0.5));
  expect(softWeight).toBe(1);
  expect(softTemperature).toBeLessThan(1);
  expect(bootstrap).toMatchObject({ resamples: 200, aboveSupcon: 1, aboveSelfcon: 1 });
});

test("one fine class in each coarse one is SupCon's case", () => {
  const proposal = propose(clustered(80, 1, 3));
  expect(proposal).toMatchObject({ softWeight: 1, softTemperature: null, flags: "--method supcon" });
  expect(proposal.totalVariation).toBeCloseTo(0, 12);
  expect(proposal.bootstrap).toMatchObject({ same: 1, softTemperature: [null, null] });
});

test("is the same again with the same seed", () => {
  const relations = clustered(60, 3, 2);
  expect(propose(relations, { seed: 3 })).toEqual(propose(relations, { seed: 3 }));
});

test("refuses labels without a single pair", () => {
  const relations = clustered(8, 4, 1);
  const fine = Int32Array.from({ length: 8 }, (_, i) => (i === 0 ? 0 : -1));
  const alone = { ...relations, queueLabels: { ...relations.queueLabels, fine } };
  expect(() => propose({ ...alone, labels: { ...alone.labels, fine: new Int32Array(8).fill(7) } })).toThrow(
    /^fine labels: expected two labelled images of one fine class within a coarse class, found none/,
  );
});

test("names the method that a setting is", () => {
  const t = Number.POSITIVE_INFINITY;
  expect(trainFlags({ softWeight: 0, softTemperature: t })).toBe("--method selfcon");
  expect(trainFlags({ softWeight: 0, softTemperature: 0.1 })).toBe("--method selfcon");
  expect(trainFlags({ softWeight: 1, softTemperature: t })).toBe("--method supcon");
  expect(trainFlags({ softWeight: 0.5, softTemperature: t })).toBe("--method grafit --soft-weight 0.5");
  expect(trainFlags({ softWeight: 1, softTemperature: 0.1 })).toBe(
    "--method maskcon --soft-weight 1 --soft-temperature 0.1",
  );
});
