import { expect, it } from "vitest";
import { differencesOf, gainsOf } from "./differences.ts";
import type { CompareRow } from "./rows.ts";
import { summarize } from "./statistics.ts";

function rowOf(name: string, fine: readonly (number | undefined)[], reference = false): CompareRow {
  const first = (value: number | undefined) => ({ fine: value, within: undefined, coarse: value });
  return {
    ...{ name, base: name, slug: name, kind: "maskcon", encoder: "trained", reference, varied: {} },
    ...{ n: fine.length, seeds: fine.length },
    bySeed: Object.fromEntries(fine.map((value, seed) => [seed, first(value)])),
    recall: { fine: { "1": summarize(fine) }, within: {}, coarse: { "1": summarize(fine) } },
    ...{ trainSeconds: undefined, imagesPerSecond: undefined, problems: [] },
  };
}

it("pairs seeds with the leading row, the upper reference apart", () => {
  const rows = [rowOf("a", [0.5, 0.52, 0.54]), rowOf("b", [0.6, 0.61, 0.62]), rowOf("upper", [0.9, 0.9, 0.9], true)];
  const { leader, others } = differencesOf("fine", rows)!;
  expect(leader.name).toBe("b");
  expect(others.map(({ row, n }) => [row.name, n])).toEqual([
    ["a", 3],
    ["upper", 3],
  ]);
  // Differences -0.1, -0.09, -0.08: mean -0.09, deviation 0.01; t(2) = 4.303.
  expect(others[0]!.mean).toBeCloseTo(-0.09, 10);
  expect(others[0]!.interval![0]).toBeCloseTo(-0.09 - (4.303 * 0.01) / Math.sqrt(3), 10);
  expect(others[0]!.interval![1]).toBeCloseTo(-0.09 + (4.303 * 0.01) / Math.sqrt(3), 10);
});

it("leaves out seeds that one of the two has not, and has no interval of one pair", () => {
  const { others } = differencesOf("fine", [rowOf("a", [0.5]), rowOf("b", [0.6, 0.7])])!;
  expect(others).toMatchObject([{ n: 1, interval: undefined }]);
  expect(others[0]!.mean).toBeCloseTo(-0.1, 10);
});

it("is not there for one row, or where nobody has the figure", () => {
  expect(differencesOf("fine", [rowOf("a", [0.5])])).toBeUndefined();
  expect(differencesOf("within", [rowOf("a", [0.5]), rowOf("b", [0.6])])).toBeUndefined();
});

it("gives what training added over the rows that a trained one is compared with, seed by seed", () => {
  const beside = { frozen: "frozen", whitened: "white", head: "gone" };
  const trained = { ...rowOf("trained", [0.6, 0.63, 0.66]), beside };
  const rows = [rowOf("frozen", [0.5, 0.5, 0.5]), rowOf("white", [undefined, 0.62]), trained, rowOf("alone", [0.9])];
  const [gain, ...others] = gainsOf("fine", rows);
  expect(others).toEqual([]);
  expect([gain!.row.name, Object.keys(gain!.over)]).toEqual(["trained", ["frozen", "whitened"]]);
  const { frozen, whitened } = gain!.over;
  // 0.1, 0.13, 0.16: mean 0.13, deviation 0.03; t(2) = 4.303.
  expect(frozen!.mean).toBeCloseTo(0.13, 10);
  expect(frozen!.interval![0]).toBeCloseTo(0.13 - (4.303 * 0.03) / Math.sqrt(3), 10);
  expect(whitened).toMatchObject({ n: 1, interval: undefined });
  expect(whitened!.mean).toBeCloseTo(0.01, 10);
  expect(gainsOf("within", rows)).toEqual([]);
});
