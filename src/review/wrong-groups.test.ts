import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { random } from "../core/index.ts";
import { normalizeRows } from "../eval/index.ts";
import { wrongGroups } from "./wrong-groups.ts";

const [COARSE, FINE, EACH, DIM] = [8, 5, 20, 32];

/** Coarse classes around directions, fine ones around points near these: group f is of coarse class f / 5. */
function classes(seed: number, fineSpread = 0.5) {
  const rng = random(seed);
  const noise = (spread: number) => Array.from({ length: DIM }, () => (spread * rng.normal()) / Math.sqrt(DIM));
  const add = (a: readonly number[], b: readonly number[]) => a.map((value, d) => value + b[d]!);
  const fine = Array.from({ length: COARSE }, () => noise(1)).flatMap((mean) =>
    Array.from({ length: FINE }, () => add(mean, noise(fineSpread))),
  );
  const rows = fine.flatMap((mean) => Array.from({ length: EACH }, () => add(mean, noise(0.3))));
  const groupOf = Int32Array.from(rows, (_, i) => Math.floor(i / EACH));
  return {
    ...{ features: normalizeRows(Float32Array.from(rows.flat()), DIM), dim: DIM, classes: COARSE, groupOf },
    labels: groupOf.map((group) => Math.floor(group / FINE)),
  };
}

const imagesOf = (group: number) => Int32Array.from({ length: EACH }, (_, i) => group * EACH + i);
const relabelled = (labels: Int32Array, images: ArrayLike<number>, label: number) => {
  const given = labels.slice();
  for (const image of Array.from(images)) given[image] = label;
  return given;
};

describe("fine classes that were moved to a wrong coarse class", () => {
  it.each([1, 2, 3, 4])("are found, with their own class, and nothing else is (seed %d)", async (seed) => {
    const data = classes(seed);
    const right = await wrongGroups(data);
    expect(right).toEqual([]);
    const moved = [
      [7, 4],
      [18, 0],
      [31, 2],
    ] as const;
    let labels = data.labels;
    for (const [group, label] of moved) labels = relabelled(labels, imagesOf(group), label);
    const found = await wrongGroups({ ...data, labels });
    expect(found.map(({ group }) => group).sort((a, b) => a - b)).toEqual([7, 18, 31]);
    for (const one of found) {
      expect(one.suggested).toBe(Math.floor(one.group / FINE));
      expect(one.label).toBe(moved.find(([group]) => group === one.group)![1]);
      expect(one.images).toEqual(imagesOf(one.group));
      expect(one.share).toBeGreaterThan(0.8);
    }
  });
});

test("says how many images of groups were asked", async () => {
  const said: number[][] = [];
  await wrongGroups({ ...classes(3), progress: (...now) => said.push(now) });
  expect(said.at(-1)).toEqual([COARSE * FINE * EACH, COARSE * FINE * EACH]);
});

test("of many classes those without a group take no room, and change nothing", async () => {
  const data = classes(2);
  const labels = relabelled(data.labels, imagesOf(7), 4);
  const few = await wrongGroups({ ...data, labels });
  const many = await wrongGroups({ ...data, labels, classes: 200_000 });
  expect(many.map(({ group, suggested }) => [group, suggested])).toEqual([[7, 1]]);
  expect(many[0]).toMatchObject({ share: few[0]!.share, ownShare: few[0]!.ownShare });
});

test("of two groups that are alone in their class nothing says which is wrong", async () => {
  const data = classes(7);
  // Class 1 keeps group 6 only.
  let labels = data.labels;
  for (const group of [5, 8, 9]) labels = relabelled(labels, imagesOf(group), COARSE);
  labels = relabelled(labels, imagesOf(7), 4);
  const found = await wrongGroups({ ...data, labels, classes: COARSE + 1 });
  expect(found.map(({ group }) => group)).not.toContain(6);
});

describe("near misses", () => {
  const empty = async (data: ReturnType<typeof classes>) => expect(await wrongGroups(data)).toEqual([]);

  it("are not listed: a group that mixes images of its class with images of another", async () => {
    const data = classes(5);
    const rng = random(9);
    for (const [i, image] of imagesOf(0).entries()) {
      const like = imagesOf(i % 2 ? 5 : 1)[i]! * DIM;
      for (let d = 0; d < DIM; d++) {
        data.features[image * DIM + d] = data.features[like + d]! + (0.2 * rng.normal()) / Math.sqrt(DIM);
      }
    }
    await empty({ ...data, features: normalizeRows(data.features, DIM) });
  });

  it("are not listed: a few wrong labels in a group that has the right one", async () => {
    const data = classes(5);
    // The rest of the group is no neighbour outside of it: fewer than five are a matter of single labels.
    await empty({ ...data, labels: relabelled(data.labels, imagesOf(12).subarray(0, 4), 6) });
  });

  it("are not listed: a class that is one group", async () => {
    const data = classes(5);
    await empty({ ...data, labels: relabelled(data.labels, imagesOf(20), COARSE), classes: COARSE + 1 });
  });

  it("are not listed: images far from everything, each near to others", async () => {
    const data = classes(6);
    const rng = random(10);
    for (const image of imagesOf(9)) {
      for (let d = 0; d < DIM; d++) data.features[image * DIM + d] = rng.normal();
    }
    await empty({ ...data, features: normalizeRows(data.features, DIM) });
  });
});

test("shares and doubts are in order and within their bounds, whatever the features, labels and groups", async () => {
  const cases = fc.record({
    n: fc.integer({ min: 0, max: 60 }),
    seed: fc.nat(),
    groups: fc.integer({ min: 1, max: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ n, seed, groups }) => {
      const rng = random(seed);
      const features = normalizeRows(
        Float32Array.from({ length: n * 3 }, () => rng.normal()),
        3,
      );
      const labels = Int32Array.from({ length: n }, () => rng.integer(4) - 1);
      const groupOf = Int32Array.from({ length: n }, () => rng.integer(groups + 1) - 1);
      const found = await wrongGroups({ features, dim: 3, labels, classes: 3, groupOf, threads: 1 });
      for (const one of found) {
        expect(one.images.every((image) => groupOf[image] === one.group && labels[image] === one.label)).toBe(true);
        expect(one.suggested).not.toBe(one.label);
        expect(one.share).toBeGreaterThanOrEqual(0);
        expect(one.share + one.ownShare).toBeLessThanOrEqual(1 + 1e-9);
        expect(one.doubt).toBeGreaterThanOrEqual(0.3);
      }
      expect(found.map(({ doubt }) => doubt)).toEqual(found.map(({ doubt }) => doubt).sort((a, b) => b - a));
    }),
    { numRuns: 30 },
  );
});
