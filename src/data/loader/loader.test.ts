import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random } from "../../core/index.ts";
import { viewWriter } from "../augment/views.ts";
import type { Dataset, ImageSource } from "../dataset.ts";
import { imagenetNormalization } from "../dataset.ts";
import { createEvalLoader } from "./eval-loader.ts";
import { createTrainLoader, type TrainLoader } from "./train-loader.ts";

const SIZE = 8;

/** `length` images of noise, each of its own. */
function noise(length: number, source: (pixels: SharedArrayBuffer) => ImageSource = memory): Dataset {
  const pixels = new SharedArrayBuffer(length * SIZE * SIZE * 3);
  const rng = random(7);
  new Uint8Array(pixels).forEach((_, i, all) => {
    all[i] = rng.integer(256);
  });
  const coarse = Int32Array.from({ length }, (_, i) => i % 3);
  return {
    name: "noise",
    length,
    coarseClasses: ["a", "b", "c"],
    fineClasses: undefined,
    coarse,
    fine: undefined,
    ids: String,
    source: source(pixels),
    normalization: imagenetNormalization,
  };
}

const memory = (pixels: SharedArrayBuffer): ImageSource => ({ kind: "memory", width: SIZE, height: SIZE, pixels });

const make = (dataset: Dataset, workers: number, { seed = 1, crops = 1 } = {}): Promise<TrainLoader> =>
  createTrainLoader({
    dataset,
    batchSize: 12,
    imageSize: SIZE,
    weak: "crop-flip",
    strong: "crop-flip",
    ...{ seed, crops, workers },
  });

/** Everything an epoch gives, copied out. */
async function collect(loader: TrainLoader, epoch: number, firstBatch = 0) {
  const all: { query: number[]; key: number[]; labels: number[]; indices: number[] }[] = [];
  for await (const batch of loader.epoch(epoch, firstBatch)) {
    const { query, key, coarseLabels, indices } = batch;
    all.push({ query: [...query], key: [...key], labels: [...coarseLabels], indices: [...indices] });
    batch.release();
  }
  return all;
}

describe("train loader", () => {
  const dataset = noise(100);
  let one: TrainLoader;
  let three: TrainLoader;
  beforeAll(async () => {
    [one, three] = (await Promise.all([make(dataset, 1), make(dataset, 3)])) as [TrainLoader, TrainLoader];
  });
  afterAll(() => Promise.all([one.close(), three.close()]));

  it("gives the same batches whatever the number of workers", async () => {
    const whole = await collect(one, 4);
    expect(whole).toHaveLength(8);
    expect(await collect(three, 4)).toEqual(whole);
    expect((await collect(one, 5))[0]!.indices).not.toEqual(whole[0]!.indices);
  });

  it("gives any epoch from any batch on, as the tail of the whole", async () => {
    const entry = fc.tuple(fc.nat(50), fc.nat(8));
    await fc.assert(
      fc.asyncProperty(entry, async ([epoch, first]) => {
        const whole = await collect(one, epoch);
        expect(await collect(three, epoch, first)).toEqual(whole.slice(first));
      }),
      { numRuns: 15 },
    );
  });

  it("shows every image at most once an epoch, with its label, in two different views", async () => {
    const batches = await collect(three, 0);
    const indices = batches.flatMap((batch) => batch.indices);
    expect(new Set(indices).size).toBe(96);
    expect(batches.flatMap((batch) => batch.labels)).toEqual(indices.map((i) => i % 3));
    expect(batches[0]!.query).not.toEqual(batches[0]!.key);
  });

  it("starts anew after an epoch was left in its middle", async () => {
    for await (const batch of three.epoch(0)) {
      expect(batch.indices).toHaveLength(12);
      break;
    }
    expect(await collect(three, 0)).toEqual(await collect(one, 0));
  });
});

describe("a train loader of several crops", () => {
  const dataset = noise(30);
  const FLOATS = 3 * SIZE * SIZE;
  const write = viewWriter("crop-flip", SIZE, dataset.normalization);

  /** The view of an image that the random numbers of one stream make. */
  function viewOf(epoch: number, sample: number, stream: number): number[] {
    const { pixels } = dataset.source as { pixels: SharedArrayBuffer };
    const source = { data: new Uint8Array(pixels), width: SIZE, height: SIZE, offset: sample * FLOATS };
    const out = new Float32Array(FLOATS);
    write(source, random(1, epoch, sample, stream), out, 0);
    return [...out];
  }

  it.each([1, 2, 4])(
    "of %i: each crop and the key are of a stream of their own, the first crop's always the same",
    async (crops) => {
      const loader = await make(dataset, 2, { crops });
      try {
        for (const { query, key, indices } of await collect(loader, 3)) {
          const expected = Array.from({ length: crops }, (_, crop) => {
            return indices.flatMap((sample) => viewOf(3, sample, crop === 0 ? 0 : crop + 1));
          });
          expect(query).toEqual(expected.flat());
          expect(key).toEqual(indices.flatMap((sample) => viewOf(3, sample, 1)));
          expect(new Set(expected.map(String)).size).toBe(crops);
        }
      } finally {
        await loader.close();
      }
    },
  );

  it("gives the same batches from any one on, whatever the number of workers", async () => {
    const [one, three] = await Promise.all([make(dataset, 1, { crops: 3 }), make(dataset, 3, { crops: 3 })]);
    try {
      const whole = await collect(one, 2);
      expect(await collect(three, 2, 1)).toEqual(whole.slice(1));
      expect(await collect(three, 2)).toEqual(whole);
    } finally {
      await Promise.all([one.close(), three.close()]);
    }
  });

  it.each([0, 1.5, 5000])("of %d is refused", async (crops) => {
    await expect(make(dataset, 1, { crops })).rejects.toThrow("crops: expected a whole number from 1 to 1024");
  });
});

describe("eval loader", () => {
  it("gives every image in order and pads the last batch with zeros", async () => {
    const dataset = noise(10);
    const loader = await createEvalLoader({ dataset, batchSize: 4, imageSize: SIZE, workers: 2 });
    try {
      const seen: [number, number][] = [];
      for await (const { images, count, first, release } of loader.batches()) {
        seen.push([first, count]);
        const plane = SIZE * SIZE;
        expect(images.subarray(count * 3 * plane).every((value) => value === 0)).toBe(true);
        const source = new Uint8Array((dataset.source as { pixels: SharedArrayBuffer }).pixels);
        expect(images[0]).toBeCloseTo((source[first * plane * 3]! / 255 - 0.485) / 0.229, 5);
        release();
      }
      expect(seen).toEqual([
        [0, 4],
        [4, 4],
        [8, 2],
      ]);
    } finally {
      await loader.close();
    }
  });

  it("takes chosen images in a given order, under an augmentation that depends on the seed and the image alone", async () => {
    const dataset = noise(9);
    const read = async (order: Int32Array, seed: number) => {
      const options = { dataset, batchSize: 2, imageSize: SIZE, workers: 1, order, view: "crop-flip", seed } as const;
      const loader = await createEvalLoader(options);
      const images: string[] = [];
      try {
        for await (const { images: batch, count, release } of loader.batches()) {
          const floats = 3 * SIZE * SIZE;
          for (let i = 0; i < count; i++) images.push(batch.slice(i * floats, (i + 1) * floats).join());
          release();
        }
      } finally {
        await loader.close();
      }
      return images;
    };
    const [a, b, c] = await read(Int32Array.of(7, 2, 5), 1);
    expect(await read(Int32Array.of(2, 5, 7), 1)).toEqual([b, c, a]);
    expect(await read(Int32Array.of(7), 2)).not.toEqual([a]);
    await expect(read(Int32Array.of(9), 1)).rejects.toThrow("order: expected at most 9 places below 9");
  });
});
