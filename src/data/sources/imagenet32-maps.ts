import { join } from "node:path";
import { fail, messageOf } from "../../core/index.ts";
import { readBounded } from "./read-file.ts";

export const FINE_MAP = "imagenet32_to_fine.json";
export const COARSE_MAP = "imagenet_fine_to_coarse.json";
export const IMAGENET_CLASSES = 1000;

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
  const fine = await readMap(join(folder, FINE_MAP), IMAGENET_CLASSES);
  if (new Set(fine).size !== IMAGENET_CLASSES) {
    fail("data", {
      where: join(folder, FINE_MAP),
      expected: "a class of its own for each of the 1000 labels",
      found: `${new Set(fine).size} classes`,
    });
  }
  const coarse = await readMap(join(folder, COARSE_MAP), IMAGENET_CLASSES);
  const coarseCount = Math.max(...coarse) + 1;
  const used = new Set(coarse).size;
  if (used !== coarseCount || used < 2) {
    fail("data", {
      where: join(folder, COARSE_MAP),
      expected: "coarse classes numbered from 0 without a gap, at least two",
      found: `${used} of them, the highest ${coarseCount - 1}`,
    });
  }
  return { fine, coarse, coarseCount };
}

/** An object with a key for each of "0" to "999", each a whole number below `limit`. */
async function readMap(file: string, limit: number): Promise<Int32Array> {
  const entries = Object.entries(await readJson(file));
  const map = new Int32Array(IMAGENET_CLASSES).fill(-1);
  for (const [key, value] of entries) {
    const place = /^(0|[1-9]\d{0,2})$/.test(key) ? Number(key) : -1;
    if (place < 0 || !Number.isInteger(value) || (value as number) < 0 || (value as number) >= limit) {
      const found = `${JSON.stringify(key)}: ${JSON.stringify(value)?.slice(0, 40)}`;
      fail("data", { where: file, expected: `numbers below ${limit} for the keys "0" to "999"`, found });
    }
    map[place] = value as number;
  }
  const missing = map.indexOf(-1);
  if (missing >= 0) fail("data", { where: file, expected: `all keys from "0" to "999"`, found: `no "${missing}"` });
  return map;
}

async function readJson(file: string): Promise<object> {
  const fix = "copy it from coarse_labels/imagenet32 of the official code (github.com/MrChenFeng/MaskCon_CVPR2023)";
  let text: string;
  try {
    text = (await readBounded(file, 2 ** 20)).toString("utf8");
  } catch (error) {
    const found = (error as { failure?: { found: string } }).failure?.found ?? messageOf(error);
    return fail("data", { where: file, expected: "the label map of ImageNet32", found, fix }, error);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    return fail("data", { where: file, expected: "a JSON object", found: "other JSON", fix });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return fail("data", { where: file, expected: "JSON", found: messageOf(error), fix }, error);
  }
}
