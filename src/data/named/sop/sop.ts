import { dirname, join } from "node:path";
import { fail } from "../../../core/index.ts";
import { dataFromFiles } from "../../collections/from-files.ts";
import type { FilesOptions, LabelledFile } from "../../collections/labelled.ts";
import type { LoadedData } from "../../dataset.ts";
import { firstThere } from "../official-file.ts";
import { titleOf } from "../published-files.ts";
import { readSopEbay, sopEbayFiles } from "./sop-ebay.ts";
import { SOP_IMAGES, SOP_IMAGES_FIX, sopListsFix, sopListsFolder } from "./sop-files.ts";
import { readSopJson, sopJsonFiles } from "./sop-json.ts";
import { type SopImage, type SopLists, type SopSplit, sopClasses, sopDigest } from "./sop-lists.ts";

/** `sopDigest` of the official lists. */
export const sopDigests: Readonly<Record<SopSplit, string>> = {
  1: "22b5751242450fffd720411f91758a5622bf9657371a7fcca99d155935eb2705",
  2: "fca6d116094f5f177d542d98043e0222bf57552e76d4299ffc662bd3d3b04092",
};

export interface SopFound {
  readonly split: SopSplit;
  readonly lists: SopLists;
  /** The files the lists come from. */
  readonly files: readonly string[];
  /** Where the lists are to be had. */
  readonly fix: string;
  /** The folder of the images; undefined: not there. */
  readonly images: string | undefined;
}

/**
 * Stanford Online Products: coarse classes are the 12 categories, fine ones the products. The lists are the JSON files
 * `sop_split1/` or `sop_split2/` of the official code, or, for split 1, the dataset's own `Ebay_train.txt` and `Ebay_test.txt`.
 * @param wanted the split; without it, the one whose lists are there, split 1 before split 2
 */
export async function openSop(
  folder: string,
  wanted: SopSplit | undefined,
  options: FilesOptions,
): Promise<LoadedData> {
  const { split, lists, images } = await readSop(folder, wanted);
  if (images === undefined) {
    const first = dirname(lists.train[0]!.path);
    fail("data", {
      where: folder,
      expected: `folders of images, such as ${first}`,
      found: "none",
      fix: SOP_IMAGES_FIX,
    });
  }
  const files = [
    ...lists.train.map((image) => labelled(images, image, "train")),
    ...lists.test.map((image) => labelled(images, image, "test")),
  ];
  const loaded = await dataFromFiles(folder, files, options, { source: SOP_IMAGES_FIX });
  const name = titleOf(`sop-split${split}`, sopDigest(lists) !== sopDigests[split] && "other lists");
  const { train, test } = loaded;
  return {
    ...loaded,
    name,
    train: { ...train, name: `${name} train` },
    test: test && { ...test, name: `${name} test` },
  };
}

function labelled(root: string, { path }: SopImage, split: "train" | "test"): LabelledFile {
  const { category, product } = sopClasses(path)!;
  return { file: join(root, path), id: path, coarse: category, fine: product, split };
}

/**
 * Finds and reads the lists of a split (of the one that is there, if undefined).
 * @throws MaskconError "data" where there are none
 */
export async function readSop(folder: string, wanted: SopSplit | undefined): Promise<SopFound> {
  const bases = [folder, join(folder, SOP_IMAGES)];
  const { split, lists, files, fix } = await readLists(folder, bases, wanted);
  const images = await firstThere(bases.map((base) => join(base, dirname(lists.train[0]!.path))));
  return { split, lists, files, fix, images: images && dirname(images) };
}

async function readLists(folder: string, bases: readonly string[], wanted: SopSplit | undefined) {
  for (const split of wanted ? [wanted] : ([1, 2] as const)) {
    const name = sopListsFolder(split);
    const there = await firstThere(bases.flatMap((base) => [join(base, name), join(base, "coarse_labels", name)]));
    if (there === undefined) continue;
    const lists = await readSopJson(there, (list) => sopListsFix(split, list));
    return { split, lists, fix: sopListsFix(split), files: sopJsonFiles.map((file) => join(there, file)) };
  }
  const ebay = await firstThere(bases.flatMap((base) => sopEbayFiles.map((name) => join(base, name))));
  if (ebay !== undefined && wanted !== 2) {
    const base = dirname(ebay);
    const lists = await readSopEbay(base, SOP_IMAGES_FIX);
    return { split: 1 as const, lists, fix: SOP_IMAGES_FIX, files: sopEbayFiles.map((file) => join(base, file)) };
  }
  return fail("data", {
    where: folder,
    expected:
      wanted === 2
        ? "the folder sop_split2 with its six JSON lists"
        : "sop_split1, or Ebay_train.txt and Ebay_test.txt",
    found:
      ebay === undefined ? "no lists" : "only Ebay_train.txt and Ebay_test.txt, from which split 2 does not follow",
    fix: sopListsFix(wanted ?? 1),
  });
}
