import { join } from "node:path";
import { fail } from "../../../core/index.ts";
import { type Dataset, imagenetNormalization, type LoadedData } from "../../dataset.ts";
import { checkMemory, sharedPixels } from "../../images/memory.ts";
import { withFix } from "../official-file.ts";
import { IMAGE_BYTES, interleave, SIDE } from "../planar.ts";
import { titleOf } from "../published-files.ts";
import { imagenet32Fix } from "./imagenet32-files.ts";
import { imagenet32Counts, imagenet32Facts } from "./imagenet32-labels.ts";
import { IMAGENET_CLASSES, type Imagenet32Maps, readImagenet32Maps } from "./imagenet32-maps.ts";
import { openNpzPart } from "./imagenet32-npz.ts";
import type { Imagenet32Part } from "./imagenet32-part.ts";
import { openPicklePart } from "./imagenet32-pickle.ts";

export interface Imagenet32Options {
  /** Take the training files that are there, if not all ten are. */
  readonly partial?: boolean | undefined;
  /** Bytes of memory to stay within; default: what the machine has free. */
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The official name is for all of its images. @param differs what else is not the official one */
export const imagenet32Name = (train: number, test: number, differs?: string | false): string =>
  titleOf("imagenet32", train === imagenet32Counts.train && test === imagenet32Counts.test ? differs : "part");

export const TRAIN = Array.from({ length: 10 }, (_, i) => `train_data_batch_${i + 1}`);
export const TEST = "val_data";

/**
 * The folder of downsampled ImageNet (32 x 32, Chrabaszcz et al. 2017): `train_data_batch_1` .. `_10` and `val_data`, pickles
 * or `.npz`, with the two label maps of the official MaskCon code. Pixels go from the files straight into shared memory.
 */
export async function openImagenet32(
  folder: string,
  names: readonly string[],
  options: Imagenet32Options = {},
): Promise<LoadedData> {
  const maps = await readImagenet32Maps(folder);
  const { train, test } = await openImagenet32Parts(folder, names, options.partial);
  // Both splits at once: a refusal comes before the first minute of reading, not after it.
  const count = countOf(train);
  checkMemory(folder, (count + test.count) * IMAGE_BYTES, options.memory);
  const name = imagenet32Name(count, test.count, difference(train, test, maps));
  return {
    name,
    train: await datasetOf(`${name} train`, train, maps, options.signal),
    test: await datasetOf(`${name} test`, [test], maps, options.signal),
    skipped: [],
  };
}

/** Batches have no checksum that could be compared in a moment: the label maps have, and each class has its number of images. */
function difference(train: readonly Imagenet32Part[], test: Imagenet32Part, maps: Imagenet32Maps): string | undefined {
  if (!maps.official) return "other label maps";
  const facts = imagenet32Facts(train, test, maps);
  return facts.every(({ expected, found }) => expected === found) ? undefined : "other labels";
}

/** The labels of all files, and where their pixels are. */
export async function openImagenet32Parts(folder: string, names: readonly string[], partial = false) {
  const fileOf = (base: string) => [base, `${base}.npz`].find((name) => names.includes(name));
  const files = TRAIN.map(fileOf).filter((name) => name !== undefined);
  if (files.length === 0 || (files.length < TRAIN.length && !partial)) {
    const missing = TRAIN.filter((base) => fileOf(base) === undefined);
    fail("data", {
      where: folder,
      expected: `all of ${TRAIN[0]} to ${TRAIN[9]} (or the same as .npz)`,
      found: files.length ? `only ${files.join(", ")}` : "none of them",
      fix: `${imagenet32Fix(missing[0]!)}, and so the others, or accept some of them with --partial (partial)`,
    });
  }
  const testFile = fileOf(TEST);
  if (!testFile) {
    const fix = imagenet32Fix(TEST);
    return fail("data", { where: folder, expected: `${TEST} or ${TEST}.npz`, found: "neither", fix });
  }
  const train: Imagenet32Part[] = [];
  for (const name of files) train.push(await openPart(folder, name));
  return { train, test: await openPart(folder, testFile) };
}

function openPart(folder: string, name: string): Promise<Imagenet32Part> {
  const open = name.endsWith(".npz") ? openNpzPart : openPicklePart;
  return withFix(imagenet32Fix(name), () => open(join(folder, name), name));
}

const countOf = (parts: readonly Imagenet32Part[]) => parts.reduce((sum, part) => sum + part.count, 0);

/** Files give no names of classes: the numbers are ImageNet's usual ones. */
const numbered = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix} ${i}`);

async function datasetOf(
  name: string,
  parts: readonly Imagenet32Part[],
  maps: Imagenet32Maps,
  signal: AbortSignal | undefined,
): Promise<Dataset> {
  const length = countOf(parts);
  const pixels = sharedPixels(name, length * IMAGE_BYTES);
  const fine = new Int32Array(length);
  const starts: number[] = [];
  let at = 0;
  for (const part of parts) {
    starts.push(at);
    for (const [i, label] of part.labels.entries()) fine[at + i] = maps.fine[label - 1]!;
    const out = new Uint8Array(pixels, at * IMAGE_BYTES, part.count * IMAGE_BYTES);
    await withFix(imagenet32Fix(part.name), () => readPixels(part, out, signal));
    at += part.count;
  }
  return {
    name,
    length,
    coarseClasses: numbered(maps.coarseCount, "coarse"),
    fineClasses: numbered(IMAGENET_CLASSES, "class"),
    coarse: fine.map((label) => maps.coarse[label]!),
    fine,
    ids(index) {
      const part = starts.findLastIndex((start) => start <= index);
      return `${parts[part]!.name.replace(/\.npz$/, "")}/${index - starts[part]!}`;
    },
    source: { kind: "memory", width: SIDE, height: SIDE, pixels },
    normalization: imagenetNormalization,
  };
}

/** Interleaves a part's images as they arrive; one that is cut in two waits for its rest. */
async function readPixels(part: Imagenet32Part, out: Uint8Array, signal: AbortSignal | undefined): Promise<void> {
  const row = new Uint8Array(IMAGE_BYTES);
  let held = 0;
  let to = 0;
  for await (const piece of part.pixels()) {
    signal?.throwIfAborted();
    for (let from = 0; from < piece.length; ) {
      if (held === 0 && piece.length - from >= IMAGE_BYTES) {
        interleave(piece, from, out, to);
        from += IMAGE_BYTES;
        to += IMAGE_BYTES;
        continue;
      }
      const taken = piece.subarray(from, from + IMAGE_BYTES - held);
      row.set(taken, held);
      held += taken.length;
      from += taken.length;
      if (held < IMAGE_BYTES) continue;
      interleave(row, 0, out, to);
      held = 0;
      to += IMAGE_BYTES;
    }
  }
  if (to !== out.length) {
    const found = `${to / IMAGE_BYTES}: the file changed while it was read`;
    fail("data", { where: part.name, expected: `${part.count} images`, found });
  }
}
