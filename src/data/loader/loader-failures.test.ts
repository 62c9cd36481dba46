import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openData } from "../open.ts";
import { createEvalLoader } from "./eval-loader.ts";
import { createTrainLoader } from "./train-loader.ts";

/** 24 pictures of two classes and of several sizes. */
async function pictures(): Promise<string> {
  const folder = temporaryFolder();
  for (let i = 0; i < 24; i++) put(folder, `${i % 2 ? "a" : "b"}/${i}.png`, await png(i * 10, 20 + i, 40 - i));
  return folder;
}

const open = async (folder: string, cacheBytes: number) =>
  (await openData(folder, { testFraction: 0, cacheBytes })).train;

const options = {
  batchSize: 6,
  imageSize: 8,
  weak: "crop-flip",
  strong: "crop-flip-perspective-color",
  seed: 3,
  workers: 2,
} as const;

it("gives the same views whether pixels are kept or decoded at each access", async () => {
  const folder = await pictures();
  const loaders = await Promise.all(
    [2 ** 30, 0].map(async (bytes) => createTrainLoader({ ...options, dataset: await open(folder, bytes) })),
  );
  try {
    const [kept, decoded] = await Promise.all(
      loaders.map(async (loader) => {
        const all: number[][] = [];
        for await (const batch of loader.epoch(2)) {
          all.push([...batch.indices, ...batch.query, ...batch.key]);
          batch.release();
        }
        return all;
      }),
    );
    expect(kept).toHaveLength(4);
    expect(decoded).toEqual(kept);
  } finally {
    await Promise.all(loaders.map((loader) => loader.close()));
  }
});

it("reports an image that broke after opening, by name, and still closes", async () => {
  const folder = await pictures();
  const dataset = await open(folder, 0);
  rmSync(join(folder, "a/7.png"));
  const loader = await createTrainLoader({ ...options, dataset });
  const drain = async () => {
    for await (const batch of loader.epoch(0)) batch.release();
  };
  try {
    await expect(drain()).rejects.toMatchObject({ name: "MaskconError", code: "image" });
    await expect(drain()).rejects.toThrow("a/7.png: expected a readable image");
  } finally {
    await loader.close();
  }
  const test = await createEvalLoader({ dataset, batchSize: 5, imageSize: 8, workers: 1 });
  writeFileSync(join(folder, "a/7.png"), "words");
  try {
    await expect(
      (async () => {
        for await (const batch of test.batches()) batch.release();
      })(),
    ).rejects.toThrow("a/7.png");
  } finally {
    await test.close();
  }
});

it("frees its threads when closed in the middle of an epoch, and says so to whoever still reads", async () => {
  const dataset = await open(await pictures(), 0);
  const ports = () => process.getActiveResourcesInfo().filter((kind) => kind === "MessagePort").length;
  const before = ports();
  const loader = await createTrainLoader({ ...options, dataset });
  const epoch = loader.epoch(0)[Symbol.asyncIterator]();
  const first = await epoch.next();
  expect(ports()).toBeGreaterThan(before);
  await loader.close();
  await loader.close();
  expect(ports()).toBe(before);
  first.value.release();
  await expect(epoch.next()).rejects.toThrow("expected an open loader, found one that was closed");
  await expect(loader.epoch(1)[Symbol.asyncIterator]().next()).rejects.toThrow("an open loader");
});

it("refuses to stall when nothing is released, and to run two epochs at once", async () => {
  const loader = await createTrainLoader({ ...options, dataset: await open(await pictures(), 2 ** 30), prefetch: 1 });
  try {
    const hold = async () => {
      let seen = 0;
      for await (const _ of loader.epoch(0)) seen++;
      return seen;
    };
    await expect(hold()).rejects.toThrow("expected release() of earlier batches, found 2 still held");
    const running = loader.epoch(0)[Symbol.asyncIterator]();
    await running.next();
    await expect(loader.epoch(1)[Symbol.asyncIterator]().next()).rejects.toThrow("one epoch at a time");
    await running.return?.();
    expect(loader.waitedMs).toBeGreaterThan(0);
  } finally {
    await loader.close();
  }
});

it("refuses sizes that cannot work", async () => {
  const dataset = await open(await pictures(), 2 ** 30);
  const make = (change: object) => createTrainLoader({ ...options, dataset, ...change });
  await expect(make({ batchSize: 25 })).rejects.toThrow("at least one batch of 25 training images, found 24 images");
  await expect(make({ workers: 0 })).rejects.toThrow("workers: expected a whole number from 1");
  await expect(make({ imageSize: 2.5 })).rejects.toMatchObject({ code: "config" });
  await expect(createEvalLoader({ dataset, batchSize: 65_536, imageSize: 4096, workers: 1 })).rejects.toThrow(
    /expected batches that fit into memory, found 65536 images of 4096 px a batch, which take \d+\.\d GB; lower --batch-size/,
  );
});
