import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { random } from "../core/index.ts";
import { type NearestNeighbours, nearestNeighbours } from "../eval/index.ts";
import { suspectLabels } from "./suspect-labels.ts";

/** Classes as clouds around corners, of which near ones overlap. */
function clouds(classes: number, each: number, dim: number, seed: number, spread = 1.1) {
  const rng = random(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: dim }, () => rng.normal()));
  const labels = Int32Array.from({ length: classes * each }, (_, i) => i % classes);
  const features = Float32Array.from({ length: labels.length * dim }, (_, at) => {
    const centre = centres[labels[Math.floor(at / dim)]!]!;
    return centre[at % dim]! + spread * rng.normal();
  });
  return { features, labels, dim, centres };
}

/** Labels of which some are wrong: others by chance, or that of the nearest class. */
function planted({ labels, centres }: ReturnType<typeof clouds>, rate: number, kind: string, seed: number) {
  const rng = random(seed);
  const classes = centres.length;
  const distance = (a: number, b: number) => centres[a]!.reduce((sum, x, d) => sum + (x - centres[b]![d]!) ** 2, 0);
  const nearest = centres.map((_, c) => {
    const others = [...centres.keys()].filter((other) => other !== c);
    return others.sort((a, b) => distance(c, a) - distance(c, b))[0]!;
  });
  const wrong = labels.map(() => (rng.uniform() < rate ? 1 : 0));
  const given = labels.map((label, i) => {
    if (!wrong[i]) return label;
    return kind === "nearest" ? nearest[label]! : (label + 1 + rng.integer(classes - 1)) % classes;
  });
  return { given, wrong };
}

/** Average precision of a ranking; what it leaves out stands last. */
function averagePrecision(ranking: readonly number[], wrong: Int32Array): number {
  const whole = [...ranking, ...[...wrong.keys()].filter((i) => !new Set(ranking).has(i))];
  let [found, sum] = [0, 0];
  whole.forEach((image, place) => {
    if (wrong[image]) sum += ++found / (place + 1);
  });
  return sum / found;
}

/** cleanlab's label quality by self-confidence of k-NN with k 10, as Datalab ranks features without probabilities. */
function selfConfidence({ count, rows }: NearestNeighbours, labels: Int32Array): number[] {
  const doubt = Array.from(labels, (label, i) => {
    let same = 0;
    for (let place = 0; place < 10; place++) if (labels[rows[i * count + place]!] === label) same++;
    return 1 - same / 10;
  });
  return [...doubt.keys()].sort((a, b) => doubt[b]! - doubt[a]! || a - b);
}

describe("wrong labels that were planted", () => {
  const cases = [0.02, 0.05, 0.1].flatMap((rate) => [["uniform", rate] as const, ["nearest", rate] as const]);
  it.each(cases)("%s, %d: stand before those that cleanlab's formula finds", async (kind, rate) => {
    let [ours, theirs, mistakes, estimates] = [0, 0, 0, 0];
    for (let seed = 0; seed < 6; seed++) {
      const data = clouds(8, 100, 12, seed);
      const { given, wrong } = planted(data, rate, kind, seed);
      const neighbours = await nearestNeighbours({ ...data, count: 50 });
      const { ranked, estimated } = await suspectLabels({ neighbours, labels: given, classes: 8 });
      ours += averagePrecision(
        ranked.map(({ image }) => image),
        wrong,
      );
      theirs += averagePrecision(selfConfidence(neighbours, given), wrong);
      mistakes += wrong.reduce((sum, one) => sum + one, 0);
      estimates += estimated;
    }
    expect(ours).toBeGreaterThan(theirs);
    // How far to read: the planted ones, and those of classes that overlap.
    expect(estimates).toBeGreaterThan(mistakes);
    expect(estimates).toBeLessThan(mistakes + 0.25 * 6 * 800);
  });
});

test("the right label is suggested where one is planted among clear classes", async () => {
  const features = Float32Array.from(
    [...Array(40).fill([1, 0]), ...Array(40).fill([0, 1])].flat(),
    (x, i) => x + (i % 7) / 50,
  );
  const labels = Int32Array.from({ length: 80 }, (_, i) => (i < 40 ? 0 : 1));
  labels[3] = 1;
  const neighbours = await nearestNeighbours({ features, dim: 2, count: 50 });
  const { ranked, estimated } = await suspectLabels({ neighbours, labels, classes: 2 });
  expect(ranked[0]).toMatchObject({ image: 3, label: 1, suggested: 0 });
  expect(ranked[0]!.doubt).toBeCloseTo(Math.log(6), 5);
  expect(estimated).toBe(1);
  const known = await suspectLabels({ neighbours, labels, classes: 2, isRight: (image) => image === 3 });
  expect(known).toEqual({ ranked, estimated: 0 });
});

test("of a million classes those without an image take no room, and change nothing", async () => {
  const data = clouds(4, 50, 6, 2);
  const neighbours = await nearestNeighbours({ ...data, count: 50 });
  const few = await suspectLabels({ neighbours, labels: data.labels, classes: 4 });
  const apart = 250_000;
  const labels = data.labels.map((label) => label * apart);
  const many = await suspectLabels({ neighbours, labels, classes: 4 * apart });
  expect(many.estimated).toBe(few.estimated);
  expect(many.ranked).toEqual(
    few.ranked.map((one) => ({ ...one, label: one.label * apart, suggested: one.suggested * apart })),
  );
});

test("copies with the same wrong label do not vouch for each other", async () => {
  const data = clouds(2, 60, 4, 1, 0.4);
  const features = new Float32Array(data.features);
  const labels = Int32Array.from(data.labels);
  const copies = new Int32Array(labels.length).fill(-1);
  // Images 0, 2, .. 38 are copies of image 0, with the wrong label.
  for (let i = 0; i < 40; i += 2) {
    features.copyWithin(4 * i, 0, 4);
    labels[i] = 1;
    copies[i] = 0;
  }
  const neighbours = await nearestNeighbours({ features, dim: 4, count: 50 });
  const doubtOf = async (given: Int32Array | undefined) => {
    const { ranked } = await suspectLabels({ neighbours, labels, classes: 2, copies: given });
    return ranked.find(({ image }) => image === 0)?.doubt;
  };
  expect((await doubtOf(undefined)) ?? -1).toBeLessThan(0);
  expect(await doubtOf(copies)).toBeGreaterThan(0.3);
});

test("doubts are in order and within their bounds, whatever the features and labels", async () => {
  const property = fc.asyncProperty(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 99 }),
    async (n, classes, seed) => {
      const rng = random(seed);
      const features = Float32Array.from({ length: n * 3 }, () => Math.round(rng.normal()));
      const labels = Int32Array.from({ length: n }, () => rng.integer(classes));
      const neighbours = await nearestNeighbours({ features, dim: 3, count: 50, threads: 1 });
      const { ranked, estimated } = await suspectLabels({ neighbours, labels, classes });
      for (const { image, label, suggested, doubt } of ranked) {
        expect([label, label === suggested]).toEqual([labels[image], false]);
        expect(Math.abs(doubt)).toBeLessThanOrEqual(Math.log(6) + 1e-12);
      }
      const doubts = ranked.map(({ doubt }) => doubt);
      expect(doubts).toEqual([...doubts].sort((a, b) => b - a));
      expect(estimated).toBeLessThanOrEqual(n);
    },
  );
  await fc.assert(property, { numRuns: 40 });
});
