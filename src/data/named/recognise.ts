import { relative } from "node:path";
import { fail, firstFew } from "../../core/index.ts";
import { topFolders } from "../collections/image-folder.ts";
import type { Opener, OpenOptions, Recogniser } from "../collections/opener.ts";
import type { Scan } from "../collections/scan.ts";
import { countOf, isHere, placeOf, placesInside } from "./find-set.ts";
import type { NamedSet } from "./named-set.ts";
import { OFFICIAL_CODE } from "./official-code.ts";
import type { Origin } from "./origin.ts";
import { type DatasetName, isDatasetName, namedSets, setOf } from "./sets.ts";

/** The set that the preset is made for, here or in a folder that unpacking made. */
export const presetSet: Recogniser = async (scan, options) => {
  if (!isDatasetName(options.preset)) return undefined;
  const set = setOf(options.preset);
  const place = await placeOf(set, scan);
  return place && openerOf({ set, place }, options);
};

/** A set by its own files here. */
export const setHere: Recogniser = async (scan, options) => {
  const found: Found[] = [];
  for (const set of namedSets) if (await isHere(set, scan)) found.push({ set, place: scan });
  return onlyOne(scan, found, ({ set }) => set.names[0]!, options);
};

/** A set in a folder that unpacking made. */
export const setInside: Recogniser = async (scan, options) => {
  const found: Found[] = [];
  for (const set of namedSets) for (const place of await placesInside(set, scan)) found.push({ set, place });
  return onlyOne(scan, found, ({ place }) => relative(scan.path, place.path), options);
};

interface Found {
  readonly set: NamedSet;
  readonly place: Scan;
}

const openerOf = ({ set, place }: Found, options: OpenOptions): Opener => ({
  columns: false,
  open: () => set.open(place, options),
});

/** @throws MaskconError "data" where there are several sets */
function onlyOne(
  { path }: Scan,
  [first, second]: readonly Found[],
  nameOf: (found: Found) => string,
  options: OpenOptions,
): Opener | undefined {
  if (first === undefined) return undefined;
  if (second === undefined) return openerOf(first, options);
  return fail("data", {
    where: path,
    expected: "one set",
    found: `${nameOf(first)} and ${nameOf(second)}`,
    fix: `give the folder of one${first.set === second.set ? "" : ", or its preset with --preset"}`,
  });
}

/**
 * For a folder without classes of images: fails where a set is meant, by the preset or by what there is of it, with what
 * belongs there and where that is to be had.
 */
export const incompleteSet: Recogniser = async (scan, { preset }) => {
  // Beside a folder of images, plain names of files say too little.
  if (topFolders(await scan.images()).size === 0) await refuseParts(scan, preset);
  const visible = scan.names.filter((name) => !name.startsWith("."));
  const name = isDatasetName(preset) ? preset : hinted(visible);
  if (name === undefined) return undefined;
  return fail("data", {
    where: scan.path,
    expected: `the files of ${name}`,
    found: visible.length > 0 ? `only ${firstFew(visible)}` : "an empty folder",
    fix: fixOf(name, scan.path, setOf(name).origin(name)),
  });
};

/** In a set's own words: first of the one that the preset is for, or else of those that the folder has most of. */
async function refuseParts(scan: Scan, preset: string | undefined): Promise<void> {
  const counted: { set: NamedSet; count: number }[] = [];
  for (const set of isDatasetName(preset) ? [setOf(preset)] : namedSets) {
    counted.push({ set, count: await countOf(set, scan) });
  }
  for (const { set } of counted.sort((a, b) => b.count - a.count)) await set.refusePart?.(scan);
}

function hinted(names: readonly string[]): DatasetName | undefined {
  for (const name of names) {
    const found = namedSets.find(({ hints }) => hints.includes(name));
    if (found) return found.names[0] as DatasetName;
  }
  return undefined;
}

function fixOf(name: DatasetName, folder: string, origin: Origin): string {
  const command = `maskcon data get ${name} --out ${folder}`;
  if (origin.place) {
    const page = `coarse_labels of https://${OFFICIAL_CODE}`;
    const lists = origin.files.length > 0 ? `; and the label lists: run ${command}, or copy them from ${page}` : "";
    return `place there: ${origin.place.join(" ").replace(/ +/g, " ")}${lists}`;
  }
  const files = origin.files.map(({ url, md5 }) => `${url} (MD5 ${md5})`);
  return `run ${command}, or place there what is in ${files.join(", ")}`;
}
