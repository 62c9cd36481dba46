import { join } from "node:path";
import { fail, parseJson } from "../../../core/index.ts";
import { utf8Text } from "../../../formats/index.ts";
import { withFix } from "../official-file.ts";
import { publishedFiles } from "../published-files.ts";
import { COARSE_MAP, FINE_MAP, imagenet32Maps, mapFix } from "./imagenet32-files.ts";

export const IMAGENET_CLASSES = 1000;
/** The official maps have 12 KB each. */
const MAX_BYTES = 2 ** 20;

export interface Imagenet32Maps {
  /** [1000], ImageNet's usual class index of a downsampled label less one. */
  readonly fine: Int32Array;
  /** [1000], the coarse class of a class index. */
  readonly coarse: Int32Array;
  readonly coarseCount: number;
  /** Whether both are the official ones. */
  readonly official: boolean;
}

/**
 * The two label maps of the official MaskCon code: the downsampled sets number the classes in an order of their own, and
 * ImageNet has no coarse classes.
 * @throws MaskconError "data" where a map is missing, lacks a class, or does not reach every class
 */
export async function readImagenet32Maps(folder: string): Promise<Imagenet32Maps> {
  const files = publishedFiles(folder, imagenet32Maps);
  const [fineFile, coarseFile] = [join(folder, FINE_MAP), join(folder, COARSE_MAP)];
  const read = async (name: string) => parseMap(await files.read(name, MAX_BYTES), join(folder, name));
  const fine = await withFix(mapFix(FINE_MAP), async () => oneToOne(await read(FINE_MAP), fineFile));
  const coarse = await withFix(mapFix(COARSE_MAP), async () => withoutGap(await read(COARSE_MAP), coarseFile));
  return { fine, coarse, coarseCount: Math.max(...coarse) + 1, official: files.areAsPublished() };
}

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
function parseMap(bytes: Uint8Array, file: string): Int32Array {
  const entries = Object.entries(parseObject(bytes, file));
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

function parseObject(bytes: Uint8Array, file: string): object {
  const value = parseJson(utf8Text(bytes, file), file);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  return fail("data", { where: `${file}, line 1`, expected: "a JSON object", found: "other JSON" });
}
