import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MaskconError, random } from "../core/index.ts";
import type { ClassLabels } from "./arguments.ts";
import { bootstrapMeans } from "./bootstrap.ts";
import { clusteringAgreement } from "./clustering-agreement.ts";
import { evaluateFeatures } from "./evaluate.ts";
import { evaluateFully, gains } from "./evaluate-fully.ts";
import { kMeans } from "./k-means.ts";
import { measureRetrieval } from "./measure-retrieval.ts";
import { nearestNeighbours } from "./nearest-neighbours.ts";
import { recallAtK } from "./recall.ts";

const [n, dim] = [24, 3];
const rng = random(5);
const features = Float32Array.from({ length: n * dim }, () => rng.normal());
const labels = Int32Array.from({ length: n }, (_, i) => i % 5);
const within = labels.map((label) => label >> 1);
const o = { features, dim, labels, ks: [1, 3], threads: 1 };

describe("labels", () => {
  it("that are names count as classes", async () => {
    // Four rows, each nearest to one of the other class.
    const rows = Float32Array.from([1, 0, 0, 1, 0.9, 0.1, 0.1, 0.9]);
    const named = { features: rows, dim: 2, labels: ["a", "a", "b", "b"], ks: [1], threads: 1 };
    expect(await recallAtK(named)).toEqual({ 1: 0 });
    expect((await measureRetrieval(named)).recall).toEqual({ 1: 0 });
    expect(clusteringAgreement(named.labels, ["x", "y", "x", "y"]).ari).toBeCloseTo(-0.5, 12);
  });

  it("of any kind and by any names give the same figures", async () => {
    const kinds: readonly ((numbers: readonly number[]) => ClassLabels)[] = [
      (numbers) => Int32Array.from(numbers),
      (numbers) => numbers,
      (numbers) => Float64Array.from(numbers),
      (numbers) => Uint8Array.from(numbers),
      (numbers) => BigInt64Array.from(numbers, BigInt),
      (numbers) => numbers.map(String),
      (numbers) => numbers.map((number) => number + 2 ** 40),
      // Beyond what a number tells apart.
      (numbers) => numbers.map((number) => 1_800_000_000_000_000_000n + BigInt(number)),
    ];
    const expected = {
      recall: await recallAtK({ ...o, within }),
      measures: await measureRetrieval({ ...o, within }),
      agreement: clusteringAgreement(labels, within),
    };
    const names = fc.shuffledSubarray([0, 1, 2, 3, 4, 17, 200, 255], { minLength: 5, maxLength: 5 });
    const kind = fc.constantFrom(...kinds);
    await fc.assert(
      fc.asyncProperty(names, kind, kind, async (to, ofLabels, ofGroups) => {
        const renamed = ofLabels([...labels].map((label) => to[label]!));
        const groups = ofGroups([...within].map((group) => to[group]!));
        const given = { ...o, labels: renamed, within: groups };
        expect({
          recall: await recallAtK(given),
          measures: await measureRetrieval(given),
          agreement: clusteringAgreement(renamed, groups),
        }).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("of clusters may be below 0", () => {
    const noise = Int32Array.from(within, (group) => group - 1);
    expect(clusteringAgreement(labels, noise)).toEqual(clusteringAgreement(labels, within));
    expect(clusteringAgreement(labels, [...noise])).toEqual(clusteringAgreement(labels, within));
  });
});

it("any K and k are taken, however large", async () => {
  const ks = [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
  const all = { recall: Object.fromEntries(ks.map((k) => [`${k}`, 1])) };
  expect(await measureRetrieval({ ...o, ks })).toMatchObject(all);
  expect(await recallAtK({ ...o, ks })).toEqual(all.recall);
  expect((await kMeans({ features, dim, k: 2 ** 40 })).centres.length / dim).toBe(n);
});

/** A change of one argument by its name, and what the refusal says after that name. */
type Wrong = readonly [argument: string, value: unknown, said: RegExp];

const wrongRows = (where: string, width: string): Wrong[] => [
  [width, 0, /expected a whole number of at least 1, found 0$/],
  [width, 1.5, /expected a whole number of at least 1, found 1\.5$/],
  [width, Number.NaN, /expected a whole number of at least 1, found NaN$/],
  [width, "3", /expected a whole number of at least 1, found "3"$/],
  [width, undefined, /expected a whole number of at least 1, found undefined$/],
  [width, 5, /expected a multiple of 5 values, found 72$/],
  [where, [...features], /expected a Float32Array, found a value of type Array; Float32Array\.from/],
  [
    where,
    Float64Array.from(features),
    /expected a Float32Array, found a value of type Float64Array; Float32Array\.from/,
  ],
  [where, undefined, /expected a Float32Array, found undefined; Float32Array\.from/],
  [where, features.with(7, Number.NaN), /expected finite numbers, found NaN/],
  [where, features.with(7, Number.NEGATIVE_INFINITY), /expected finite numbers, found (NaN or infinity|-Infinity)/],
];
const wrongThreads: Wrong[] = [
  ["threads", 0, /expected a whole number of at least 1, found 0$/],
  ["threads", 1.5, /expected a whole number of at least 1, found 1\.5$/],
];
const withEntry = (value: unknown) => [...labels.slice(0, 7), value, ...labels.slice(8)];
const wrongList = (where: string): Wrong[] => [
  [where, "aabbccddeeffgghhiijjkkll", /expected a list of classes, found "aabbccddeeffgghhiijjkkll"$/],
  [where, new Set(labels), /expected a list of classes, found a value of type Set$/],
  [where, new DataView(new ArrayBuffer(n)), /expected a list of classes, found a value of type DataView$/],
  [where, null, /expected a list of classes, found null$/],
  [where, labels.slice(1), /expected 24, one an image, found 23$/],
  [where, [...labels, 0], /expected 24, one an image, found 25$/],
  ...[Number.NaN, 0.5, Number.POSITIVE_INFINITY, 2 ** 60, "1", 1n, true, null, undefined].map((value): Wrong => {
    const shown = typeof value === "string" ? `"${value}"` : `${value}`;
    return [where, withEntry(value), new RegExp(`expected .* or names, all of one kind, found ${shown} for image 7$`)];
  }),
  [where, Float32Array.from(labels).with(7, Number.NaN), /found NaN for image 7$/],
  [where, new Array(n), /found undefined for image 0$/],
];
const unlabelled = (where: string): Wrong[] =>
  [labels.with(7, -1), withEntry(-1), BigInt64Array.from(withEntry(-1) as number[], BigInt)].map(
    (list): Wrong => [where, list, /expected whole numbers from 0 on or names, all of one kind, found -1 for image 7/],
  );
const wrongDataset = (where: string): Wrong[] => [
  [where, [...labels], /expected an Int32Array of class numbers, found a value of type Array; number the classes/],
  [where, [...labels].map(String), /expected an Int32Array of class numbers, found a value of type Array/],
  [where, new BigInt64Array(n), /expected an Int32Array of class numbers, found a value of type BigInt64Array/],
  [where, null, /expected an Int32Array of class numbers, found null/],
  [where, labels.slice(1), /expected 24, one an image, found 23$/],
  [where, labels.with(7, -1), /found -1 for image 7; leave out the images without a label$/],
];
const wrongBootstrap: Wrong[] = [
  ...[0, 1.5, -1, Number.NaN, 1e9].map(
    (value): Wrong => ["resamples", value, /expected a whole number from 1 to 1000000/],
  ),
  ...[0, -0.5, 1.5, 95, Number.NaN, "0.95"].map(
    (value): Wrong => ["coverage", value, /expected a share above 0 and of/],
  ),
  ...[0.5, Number.NaN, "1"].map((value): Wrong => ["seed", value, /expected a whole number of at least -/]),
];
const wrongKs: Wrong[] = [
  [0],
  [-1],
  [1.5],
  [1, Number.NaN],
  ["1"],
  [undefined],
  [1e300],
  5,
  undefined,
  Int32Array.of(1),
].map((ks): Wrong => ["ks", ks, /expected whole numbers of at least 1, found /]);
const wrongMemory = [0, -1, Number.NaN, "1"].map(
  (value): Wrong => ["memory", value, /expected a number of bytes above 0/],
);

type Arguments = Record<string, unknown>;
/** The functions by name, with one object for all of their arguments; none of them is typed here. */
const functions: Record<string, { call: (given: Arguments) => unknown; wrong: readonly Wrong[] }> = {
  recallAtK: {
    call: (given) => recallAtK({ ...o, within, ...given }),
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...wrongKs,
      ...wrongList("labels"),
      ...unlabelled("labels"),
      ...wrongList("within"),
      ...unlabelled("within"),
      ...[0, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((size): Wrong => ["blockSize", size, /expected a whole/]),
    ],
  },
  measureRetrieval: {
    call: (given) =>
      measureRetrieval({ ...o, within, intervals: given, ...given } as Parameters<typeof measureRetrieval>[0]),
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...wrongKs,
      ...wrongList("labels"),
      ...unlabelled("labels"),
      ...wrongList("within"),
      ...wrongMemory,
      ...wrongBootstrap,
    ],
  },
  nearestNeighbours: {
    call: (given) => nearestNeighbours({ features, dim, count: 2, within, queries: [0, 5], threads: 1, ...given }),
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...wrongMemory,
      ...wrongList("within"),
      ...unlabelled("within"),
      ...[0, 1.5, Number.NaN, "1"].map((count): Wrong => ["count", count, /expected a whole number of at least 1/]),
      ...[[n], [-1], [0.5], [Number.NaN], ["1"], [undefined]].map(
        (rows): Wrong => ["queries", rows, /expected rows from 0 to 23, found/],
      ),
      ["queries", 3, /expected a list of rows, found 3$/],
    ],
  },
  evaluateFeatures: {
    call: (given) => {
      const all = { features, dim, coarse: within, fine: labels, ...given };
      return evaluateFeatures(all.features, all.dim, all, given);
    },
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...wrongDataset("coarse"),
      ["coarse", undefined, /expected an Int32Array of class numbers, found undefined/],
      ...wrongDataset("fine"),
    ],
  },
  evaluateFully: {
    call: (given) => {
      const all = { features, dim, coarse: within, fine: labels, ...given };
      return evaluateFully(all.features, all.dim, all, given);
    },
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...wrongDataset("coarse"),
      ...wrongDataset("fine"),
      ...wrongMemory,
      ...wrongBootstrap,
    ],
  },
  kMeans: {
    call: (given) => kMeans({ features, dim, k: 3, ...given }),
    wrong: [
      ...wrongRows("features", "dim"),
      ...wrongThreads,
      ...[0, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, "2"].map(
        (k): Wrong => ["k", k, /expected a whole number of/],
      ),
      ...[0, 0.5, Number.NaN].map((count): Wrong => ["iterations", count, /expected a whole number of at least 1/]),
      ["seed", 0.5, /expected a whole number/],
    ],
  },
  clusteringAgreement: {
    call: (given) => {
      const all: { labels: ClassLabels; clusters: ClassLabels } = { labels, clusters: within, ...given };
      return clusteringAgreement(all.labels, all.clusters);
    },
    wrong: [
      ...wrongList("labels").filter(([, , said]) => !`${said}`.includes("one an image")),
      ...unlabelled("labels"),
      ...wrongList("clusters"),
    ],
  },
  bootstrapMeans: {
    call: (given) => {
      const all = { values: features, width: dim, ...given };
      return bootstrapMeans(all.values, all.width, given);
    },
    wrong: [...wrongRows("values", "width"), ...wrongBootstrap],
  },
};

describe.each(Object.entries(functions))("%s", (_, { call, wrong }) => {
  it("takes what is right", async () => {
    await call({});
  });

  it.each(wrong)("refuses %s in one line (%#)", async (argument, value, said) => {
    const error = await (async () => call({ [argument]: value }))().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MaskconError);
    const { message } = error as MaskconError;
    expect(message).toMatch(said);
    expect(message).not.toContain("\n");
    // Where two arguments disagree, the other one may be named.
    expect(message.split(/[: ]/)[0]).toMatch(new RegExp(`^(${argument}|features|values)$`));
  });
});

describe("gains", () => {
  it("refuses scores of other images, labels or K", async () => {
    const quick = { resamples: 10, threads: 1 };
    const scores = async (fine: Int32Array, rows = features) =>
      (await evaluateFully(rows, dim, { coarse: fine.map((label) => label >> 1), fine }, quick)).scores;
    const own = await scores(labels);
    expect((await gains(own, own, quick)).fine!.mapAtR).toBe(0);
    const fewer = await scores(labels.slice(1), features.slice(dim));
    await expect(gains(own, fewer, quick)).rejects.toThrow(
      "fine: expected scores of 23 images at K 1, 2, 5, 10, found scores of 24 images at K",
    );
    const others = await scores(labels.map((label) => (label * 3) % 4));
    await expect(gains(own, others, quick)).rejects.toThrow(
      /^fine: expected \d+ others of the class of image 0, found 4;/,
    );
    const at1 = { ...own, coarse: { ...own.coarse, ks: [1] } };
    await expect(gains({ coarse: own.coarse }, { coarse: at1.coarse }, quick)).rejects.toThrow(
      "coarse: expected scores",
    );
    await expect(gains(own, own, { coverage: 95 })).rejects.toThrow("coverage: expected a share above 0");
  });
});
