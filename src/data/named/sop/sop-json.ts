import { join } from "node:path";
import { fail, parseJson } from "../../../core/index.ts";
import { readText } from "../../../formats/index.ts";
import { withFix } from "../official-file.ts";
import { checkSopLists, type SopColumn, type SopImage, type SopLists } from "./sop-lists.ts";

/** The largest official list has 0.9 MB; parsed, a hostile one takes some 20 times its size. */
const MAX_BYTES = 2 ** 22;

/** The six lists of a split, as the official code distributes them. */
export const sopJsonFiles = ["train", "test"].flatMap((split) =>
  ["path", "coarse_label", "fine_label"].map((list) => `${split}_${list}.json`),
);

/** Where a list, or all of them, are to be had. */
export type SopListsFix = (name?: string) => string;

/**
 * Reads the six JSON lists in `folder`.
 * @param fix where to get them
 * @throws MaskconError "data" where one is missing or no such list
 */
export async function readSopJson(folder: string, fix: SopListsFix): Promise<SopLists> {
  const lists = { train: await readSplit(folder, "train", fix), test: await readSplit(folder, "test", fix) };
  return withFix(fix(), async () => {
    checkSopLists(lists, (split, i, column) => `${join(folder, `${split}_${column}.json`)}, entry ${i}`);
    return lists;
  });
}

async function readSplit(folder: string, split: string, fix: SopListsFix): Promise<SopImage[]> {
  const read = <T>(list: SopColumn, is: (value: unknown) => value is T, what: string) => {
    const name = `${split}_${list}.json`;
    return withFix(fix(name), () => readList(join(folder, name), is, what));
  };
  const paths = await read("path", isText, "paths");
  const coarse = await read("coarse_label", isLabel, "whole numbers from 0");
  const fine = await read("fine_label", isLabel, "whole numbers from 0");
  if (paths.length === 0 || coarse.length !== paths.length || fine.length !== paths.length) {
    fail("data", {
      where: `${join(folder, `${split}_path.json`)}, entry ${Math.min(paths.length, coarse.length, fine.length)}`,
      expected: `a coarse and a fine label for every path of ${split}_path.json`,
      found: `${paths.length} paths, ${coarse.length} coarse and ${fine.length} fine labels`,
      fix: fix(),
    });
  }
  return paths.map((path, i) => ({ path, coarse: coarse[i]!, fine: fine[i]! }));
}

const isText = (value: unknown): value is string => typeof value === "string";
const isLabel = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;

async function readList<T>(file: string, is: (value: unknown) => value is T, what: string): Promise<T[]> {
  const list = parse(await readText(file, MAX_BYTES), file);
  const expected = `a list of ${what}`;
  if (!Array.isArray(list)) return fail("data", { where: `${file}, line 1`, expected, found: "other JSON" });
  const wrong = list.findIndex((value) => !is(value));
  if (wrong >= 0) fail("data", { where: `${file}, entry ${wrong}`, expected, found: shown(list[wrong]) });
  return list;
}

const shown = (value: unknown): string =>
  typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : String(value);

/** Where a second bracket opens outside of strings, or -1: millions of nested ones take `JSON.parse` many seconds. */
function nestedAt(text: string): number {
  let opened = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString && char === "\\") at++;
    else if (char === '"') inString = !inString;
    else if (!inString && (char === "[" || char === "{") && ++opened > 1) return at;
  }
  return -1;
}

function parse(text: string, file: string): unknown {
  const nested = nestedAt(text);
  if (nested >= 0) {
    fail("data", { where: file, expected: "a flat JSON list", found: `nesting at character ${nested + 1}` });
  }
  return parseJson(text, file);
}
