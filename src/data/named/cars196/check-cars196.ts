import { basename, sep } from "node:path";
import { checkImages, checkMd5, failedCheck } from "../checked.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { absentFiles } from "../official-file.ts";
import { carsCounts, hasOfficialNames, readCars } from "./cars196.ts";
import { MAX_CARS_BYTES } from "./cars196-annotations.ts";
import { CARS_IMAGES_FIX, carsChecksums, carsFix } from "./cars196-files.ts";

/** Compares the devkit's labels, and the images on disk, with the official ones. What is wrong is in the result, not thrown. */
export async function checkCars196(folder: string): Promise<DatasetCheck> {
  try {
    const { names, train, test, files, missing } = await readCars(folder);
    const all = [...train, ...test];
    const checked = [];
    for (const file of files) {
      const name = basename(file);
      checked.push(await checkMd5(file, MAX_CARS_BYTES, carsChecksums[name]!, carsFix(name)));
    }
    const absent = await absentFiles(all.map(({ file }) => file as string));
    const facts = [
      { what: "training images", expected: carsCounts.train, found: train.length },
      { what: "test images", expected: carsCounts.test, found: test.length },
      { what: "coarse classes", expected: 8, found: new Set(all.map(({ coarse }) => coarse)).size },
      { what: "fine classes", expected: 196, found: new Set(all.map(({ fine }) => fine)).size },
      { what: "class names", expected: "official", found: hasOfficialNames(names) ? "official" : "other" },
      { what: "images on disk", expected: carsCounts.train + carsCounts.test, found: all.length - absent.length },
    ];
    const folders = missing.map((file) => ({ file, problem: `no such folder; ${CARS_IMAGES_FIX}` }));
    // A missing folder stands for its images.
    const single = absent.filter((file) => !missing.some((gone) => file.startsWith(gone + sep)));
    return { files: [...checked, ...folders, ...checkImages(folder, single, all.length, CARS_IMAGES_FIX)], facts };
  } catch (error) {
    return failedCheck(folder, error);
  }
}
