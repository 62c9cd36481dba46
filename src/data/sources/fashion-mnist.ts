import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fail, messageOf } from "../../core/index.ts";
import type { Dataset, LoadedData } from "../dataset.ts";
import { coarseOfFashion, FASHION_SIDE, fashionCoarse, fashionFine, fashionNormalization } from "./fashion-classes.ts";
import { readBounded } from "./read-file.ts";

const IMAGE = FASHION_SIDE * FASHION_SIDE;
const IMAGES = 0x803;
const LABELS = 0x801;
/** The training set's count; it also bounds what a compressed file may unpack to. */
const MAX_COUNT = 60_000;

/** The folder of the four official idx files, compressed (`.gz`) or not. Coarse classes as in the demo. */
export async function openFashionMnist(folder: string, names: readonly string[]): Promise<LoadedData> {
  const train = await readSplit(folder, names, "train", "train");
  const test = await readSplit(folder, names, "t10k", "test");
  return { name: "fashion-mnist", train, test, skipped: [] };
}

async function readSplit(folder: string, names: readonly string[], prefix: string, split: string): Promise<Dataset> {
  const images = await readIdx(folder, names, `${prefix}-images-idx3-ubyte`, IMAGES, 16, IMAGE);
  const labels = await readIdx(folder, names, `${prefix}-labels-idx1-ubyte`, LABELS, 8, 1);
  const length = images.length / IMAGE;
  if (labels.length !== length) {
    fail("data", { where: folder, expected: `${length} labels for ${split}`, found: String(labels.length) });
  }
  const fine = Int32Array.from(labels);
  const wrong = fine.findIndex((label) => label >= fashionFine.length);
  if (wrong >= 0)
    fail("data", { where: folder, expected: "labels below 10", found: `${fine[wrong]} at image ${wrong}` });
  const pixels = new SharedArrayBuffer(length * IMAGE * 3);
  const out = new Uint8Array(pixels);
  for (let i = 0; i < images.length; i++) out.fill(images[i]!, 3 * i, 3 * i + 3);
  return {
    name: `fashion-mnist ${split}`,
    length,
    coarseClasses: fashionCoarse,
    fineClasses: fashionFine,
    coarse: fine.map((label) => coarseOfFashion[label]!),
    fine,
    ids: (index) => `${split}/${index}`,
    source: { kind: "memory", width: FASHION_SIDE, height: FASHION_SIDE, pixels },
    normalization: fashionNormalization,
  };
}

/** The content of an idx file of bytes: `size` bytes an item after a header of `header` bytes. */
async function readIdx(
  folder: string,
  names: readonly string[],
  name: string,
  magic: number,
  header: number,
  size: number,
): Promise<Uint8Array> {
  const file = join(folder, names.includes(name) ? name : `${name}.gz`);
  const limit = header + MAX_COUNT * size;
  const raw = await readBounded(file, limit);
  const bytes = file.endsWith(".gz") ? unpack(raw, limit, file) : raw;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < header ? -1 : view.getUint32(4);
  const square =
    header === 8 || (count >= 0 && view.getUint32(8) === FASHION_SIDE && view.getUint32(12) === FASHION_SIDE);
  if (count < 1 || view.getUint32(0) !== magic || !square || bytes.length !== header + count * size) {
    fail("data", {
      where: file,
      expected: `an idx file of ${size === 1 ? "labels" : "28 x 28 images"}`,
      found: `${bytes.length} bytes that are not one`,
      fix: "download the official file again",
    });
  }
  return bytes.subarray(header);
}

function unpack(bytes: Uint8Array, maxOutputLength: number, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    fail("data", { where: file, expected: `gzip of at most ${maxOutputLength} bytes`, found: messageOf(error) }, error);
  }
}
