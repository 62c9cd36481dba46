import { dirname, join } from "node:path";
import { checkImages, failedCheck } from "../checked.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { absentFiles } from "../official-file.ts";
import { readSop, sopDigests } from "./sop.ts";
import { SOP_IMAGES_FIX } from "./sop-files.ts";
import { type SopImage, type SopSplit, sopClasses, sopDigest } from "./sop-lists.ts";

/** What the official lists hold: the paper's table. */
const official = {
  1: { train: 25_368, test: 25_278, trainProducts: 2517, testProducts: 2518, shared: 0 },
  2: { train: 14_980, test: 2996, trainProducts: 1498, testProducts: 1498, shared: 1498 },
} as const;

/** Compares the lists of a split, and the images on disk, with the official ones. What is wrong is in the result, not thrown. */
export async function checkSop(folder: string, split: SopSplit): Promise<DatasetCheck> {
  try {
    const { lists, files, fix, images } = await readSop(folder, split);
    const expected = official[split];
    const [train, test] = [productsOf(lists.train), productsOf(lists.test)];
    const all = [...lists.train, ...lists.test];
    const paths = images === undefined ? [] : all.map(({ path }) => join(images, path));
    const absent = await absentFiles(paths);
    const digest = sopDigest(lists);
    const facts = [
      { what: "training images", expected: expected.train, found: lists.train.length },
      { what: "test images", expected: expected.test, found: lists.test.length },
      { what: "coarse classes", expected: 12, found: new Set(all.map(({ coarse }) => coarse)).size },
      { what: "fine classes to train on", expected: expected.trainProducts, found: train.size },
      { what: "fine classes to test on", expected: expected.testProducts, found: test.size },
      { what: "fine classes in both", expected: expected.shared, found: [...test].filter((p) => train.has(p)).length },
      { what: "SHA-256 of paths and labels", expected: sopDigests[split], found: digest },
      { what: "images on disk", expected: expected.train + expected.test, found: paths.length - absent.length },
    ];
    const other = `expected SHA-256 ${sopDigests[split]} of paths and labels, found ${digest}; ${fix}`;
    return {
      files: [
        ...files.map((file) => ({ file })),
        ...(digest === sopDigests[split] ? [] : [{ file: dirname(files[0]!), problem: other }]),
        ...(images === undefined ? [{ file: folder, problem: `no images; ${SOP_IMAGES_FIX}` }] : []),
        ...checkImages(folder, absent, paths.length, SOP_IMAGES_FIX),
      ],
      facts,
    };
  } catch (error) {
    return failedCheck(folder, error);
  }
}

const productsOf = (images: readonly SopImage[]): Set<string> =>
  new Set(images.map(({ path }) => sopClasses(path)!.product));
