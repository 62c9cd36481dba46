import { statfs } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Trunk } from "../backbone/index.ts";
import { asDiskFailure, makeFolder } from "../core/atomic-file.ts";
import { fail, hash, MaskconError, type StopSignal } from "../core/index.ts";
import { lockFolder } from "../core/lock.ts";
import { type AugmentName, createEvalLoader, type Dataset, idOf } from "../data/index.ts";
import {
  batchesOf,
  batchesOfPass,
  markUsed,
  openWriter,
  rowsBefore,
  type StorePlan,
  type StoreWriter,
  soundBatches,
} from "./feature-store.ts";

/** A store and what is to be in it: each part is some passes over the images in order. */
export interface FeatureStage {
  readonly plan: StorePlan;
  /** In messages: "16 views of the training images". */
  readonly name: string;
  readonly dataset: Dataset;
  readonly parts: readonly { readonly view?: AugmentName; readonly seed: number; readonly passes: number }[];
}

export interface Making {
  readonly trunk: Trunk;
  readonly workers: number;
  readonly signal?: StopSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  readonly notice?: ((line: string) => void) | undefined;
  /** Called before the first batch is written, with the folder there. */
  beforeWriting(): Promise<void>;
}

/** Time between looks at another process's lock. */
const LOOK_MS = 250;

/** Makes what a store lacks, or waits while another process does. */
export async function completeStore(stage: FeatureStage, making: Making): Promise<void> {
  const { plan, name } = stage;
  if ((await soundBatches(plan)) === batchesOf(plan)) {
    await markUsed(plan);
    making.notice?.(`features of ${name} are there already: ${plan.folder}`);
    return;
  }
  const unlock = await lockWhenFree(stage, making);
  try {
    const done = await soundBatches(plan);
    if (done === batchesOf(plan)) return;
    await making.beforeWriting();
    if (done > 0) {
      making.notice?.(`features of ${name}: ${rowsBefore(plan, done)} of ${plan.passes * plan.rows} are there already`);
    }
    const writer = await openWriter(plan, done);
    try {
      await makeFrom(done, stage, making, writer);
      await writer.sync();
    } finally {
      await writer.close();
    }
  } finally {
    unlock();
  }
}

async function lockWhenFree({ plan, name }: FeatureStage, { signal, notice }: Making): Promise<() => void> {
  for (let looks = 0; ; looks++) {
    signal?.throwIfAborted();
    // Each time: the features may be deleted meanwhile, with their folder.
    await makeFolder(plan.folder).catch((error) => {
      throw asDiskFailure(error, plan.folder, "to make a folder for features");
    });
    try {
      return lockFolder(plan.folder, { name: "lock", what: "features that nobody makes" });
    } catch (error) {
      if (!(error instanceof MaskconError && error.code === "busy")) {
        throw asDiskFailure(error, plan.folder, "to make features");
      }
      if (looks === 0) {
        const { found } = error.failure;
        notice?.(
          `waiting for ${found}, which makes features of ${name}; if it is gone, delete ${join(plan.folder, "lock")}`,
        );
      }
      await setTimeout(LOOK_MS, undefined, signal ? { signal } : {});
    }
  }
}

async function makeFrom(
  done: number,
  { plan, dataset, parts }: FeatureStage,
  making: Making,
  writer: StoreWriter,
): Promise<void> {
  const { trunk, workers, signal, progress } = making;
  const { batchSize, rows } = plan;
  const perPass = batchesOfPass(plan);
  const nameOf = (first: number) => (image: number) => idOf(dataset, first + image);
  let skip = done;
  let made = rowsBefore(plan, done);
  // The disk takes a batch while the model computes the next.
  let writing = Promise.resolve();
  for (const { passes, ...view } of parts) {
    if (skip >= passes * perPass) {
      skip -= passes * perPass;
      continue;
    }
    const loader = await createEvalLoader({ dataset, batchSize, imageSize: trunk.imageSize, workers, ...view });
    try {
      for (let pass = Math.floor(skip / perPass); pass < passes; pass++) {
        for await (const { images, count, first, release } of loader.batches(pass, skip % perPass)) {
          signal?.throwIfAborted();
          const wanted = images.subarray(0, (images.length / batchSize) * count);
          const features = await trunk.embed(wanted, nameOf(first)).finally(release);
          await writing;
          writing = writer.append(features);
          writing.catch(() => {});
          made += count;
          progress?.(made, plan.passes * rows);
        }
        skip = 0;
      }
    } finally {
      await writing.catch(() => {});
      await loader.close();
    }
  }
  await writing;
}

/** The seed of views of one kind; both kinds may be of one augmentation. */
export const kindSeed = (viewSeed: number, kind: "weak" | "strong"): number => hash(viewSeed, kind === "weak" ? 0 : 1);

/**
 * Looks whether so much fits on the disk. Where the file system does not say, writing will.
 * @throws MaskconError "disk" where it does not
 */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const disk = await statfs(folder).catch(() => undefined);
  if (!disk || disk.blocks === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free >= bytes) return;
  fail("disk", {
    where: folder,
    expected: `${megabytes(bytes)} free for features`,
    found: megabytes(free),
    fix: "free some space, take fewer views or choose another place",
  });
}

export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
