import { join } from "node:path";
import { fail, parseJson } from "../../../core/index.ts";
import { readText } from "../../../formats/index.ts";
import { withFix } from "../official-file.ts";
import { imagenet32Maps, md5Of, officialCode } from "../published.ts";

export const FINE_MAP = "imagenet32_to_fine.json";
export const COARSE_MAP = "imagenet_fine_to_coarse.json";
export const IMAGENET_CLASSES = 1000;
/** The official maps have 12 KB each. */
const MAX_BYTES = 2 ** 20;

export interface Imagenet32Maps {
  /** [1000], ImageNet's usual class index of a downsampled label less one. */
  readonly fine: Int32Array;
  /** [1000], the coarse class of a class index. */
  readonly coarse: Int32Array;
  readonly coarseCount: number;
}

/**
 * The two label maps of the official MaskCon code: the downsampled sets number the classes in an order of their own, and
 * ImageNet has no coarse classes.
 * @throws MaskconError `data`: a missing map, a class without its place, a map that is not onto
 */
export async function readImagenet32Maps(folder: string): Promise<Imagenet32Maps> {
  const [fineFile, coarseFile] = [join(folder, FINE_MAP), join(folder, COARSE_MAP)];
  const fine = await withFix(mapFix(FINE_MAP), async () => oneToOne(await readMap(fineFile), fineFile));
  const coarse = await withFix(mapFix(COARSE_MAP), async () => withoutGap(await readMap(coarseFile), coarseFile));
  return { fine, coarse, coarseCount: Math.max(...coarse) + 1 };
}

/** What to do where a map is missing or damaged. */
export const mapFix = (name: string): string =>
  `copy it from coarse_labels/imagenet32 of https://${officialCode} (${md5Of(imagenet32Maps, name)}), or run maskcon data get imagenet32`;

function oneToOne(map: Int32Array, file: string): Int32Array {
  const again = map.findIndex((value, place) => map.indexOf(value) < place);
  if (again < 0) return map;
  return fail("data", {
    where: `${file}, entry "${again}"`,
    expected: "a class of its own for each of the 1000 labels",
    found: `${map[again]} again, after entry "${map.indexOf(map[again]!)}"`,
  });
}

function withoutGap(map: Int32Array, file: string): Int32Array {
  const highest = Math.max(...map);
  const used = new Set(map).size;
  if (used === highest + 1 && used > 1) return map;
  return fail("data", {
    where: `${file}, entry "${map.indexOf(highest)}"`,
    expected: "coarse classes numbered from 0 without a gap, at least two",
    found: `${used} of them, the highest ${highest}`,
  });
}

/** An object with a key for each of "0" to "999", each a whole number below 1000. */
async function readMap(file: string): Promise<Int32Array> {
  const entries = Object.entries(await readJson(file));
  const map = new Int32Array(IMAGENET_CLASSES).fill(-1);
  for (const [key, value] of entries) {
    const place = /^(0|[1-9]\d{0,2})$/.test(key) ? Number(key) : -1;
    if (place < 0 || !Number.isInteger(value) || (value as number) < 0 || (value as number) >= IMAGENET_CLASSES) {
      const expected = `numbers below ${IMAGENET_CLASSES} for the keys "0" to "999"`;
      const where = `${file}, entry ${JSON.stringify(key.slice(0, 40))}`;
      fail("data", { where, expected, found: String(JSON.stringify(value)).slice(0, 40) });
    }
    map[place] = value as number;
  }
  const missing = map.indexOf(-1);
  if (missing >= 0) {
    fail("data", { where: `${file}, entry "${missing}"`, expected: `all keys from "0" to "999"`, found: "none" });
  }
  return map;
}

async function readJson(file: string): Promise<object> {
  const value = parseJson(await readText(file, MAX_BYTES), file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  return fail("data", { where: `${file}, line 1`, expected: "a JSON object", found: "other JSON" });
}
