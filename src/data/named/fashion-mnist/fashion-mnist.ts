import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { fail, messageOf } from "../../../core/index.ts";
import { readBounded } from "../../../formats/index.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { withFix } from "../official-file.ts";
import { fashionFix } from "../published.ts";
import { coarseOfFashion, FASHION_SIDE, fashionCoarse, fashionFine, fashionNormalization } from "./fashion-classes.ts";

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
  const { bytes: images } = await readIdx(folder, names, `${prefix}-images-idx3-ubyte`, IMAGES, 16, IMAGE);
  const { file, bytes: labels } = await readIdx(folder, names, `${prefix}-labels-idx1-ubyte`, LABELS, 8, 1);
  const length = images.length / IMAGE;
  if (labels.length !== length) {
    const expected = `${length} labels for ${split}`;
    fail("data", { where: `${file}, byte 4`, expected, found: String(labels.length), fix: fashionFix(basename(file)) });
  }
  const fine = Int32Array.from(labels);
  const wrong = fine.findIndex((label) => label >= fashionFine.length);
  if (wrong >= 0) {
    const found = `${fine[wrong]} at image ${wrong}`;
    fail("data", { where: file, expected: "labels below 10", found, fix: fashionFix(basename(file)) });
  }
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
): Promise<{ file: string; bytes: Uint8Array }> {
  const file = join(folder, names.includes(name) ? name : `${name}.gz`);
  const limit = header + MAX_COUNT * size;
  return withFix(fashionFix(basename(file)), async () => {
    const raw = await readBounded(file, limit);
    const bytes = file.endsWith(".gz") ? unpack(raw, limit, file) : raw;
    const found = idxFault(bytes, magic, header, size);
    if (found !== undefined) {
      const expected = `an idx file of ${size === 1 ? "labels" : "28 x 28 images"}`;
      fail("data", { where: file, expected, found: file.endsWith(".gz") ? `${found} of what it unpacks to` : found });
    }
    return { file, bytes: bytes.subarray(header) };
  });
}

/** What is wrong with the header or the length of an idx file; undefined: nothing. */
function idxFault(bytes: Uint8Array, magic: number, header: number, size: number): string | undefined {
  if (bytes.length < header) return `the end at byte ${bytes.length}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== magic) return "another kind of file at byte 0";
  const count = view.getUint32(4);
  if (count < 1) return "no item at byte 4";
  for (let at = 8; at < header; at += 4) {
    if (view.getUint32(at) !== FASHION_SIDE) return `a side of ${view.getUint32(at)} at byte ${at}`;
  }
  const end = header + count * size;
  return bytes.length === end ? undefined : `the end at byte ${bytes.length}, not ${end}`;
}

function unpack(bytes: Uint8Array, maxOutputLength: number, file: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    const where = `${file}, bytes 0 to ${bytes.length}`;
    return fail(
      "data",
      { where, expected: `gzip of at most ${maxOutputLength} bytes`, found: messageOf(error) },
      error,
    );
  }
}
