import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { fail } from "../../../core/index.ts";
import { digestOf } from "../../../formats/index.ts";
import { dataFromFiles } from "../../collections/from-files.ts";
import type { FilesOptions, LabelledFile } from "../../collections/labelled.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { firstThere } from "../official-file.ts";
import { titleOf } from "../published-files.ts";
import { type CarImage, carImages, carNames, readCarsMat } from "./cars196-annotations.ts";
import { bodyTypeOfModel, bodyTypes, CAR_NAMES_DIGEST } from "./cars196-classes.ts";
import { ALL, CARS_IMAGES_FIX, carsChecksums, carsFix, META, TEST, TRAIN } from "./cars196-files.ts";

/** The devkit's own list of the test images. */
const UNLABELLED = "cars_test_annos.mat";

/** Images of the official lists. */
export const carsCounts = { train: 8144, test: 8041 };

export interface CarsFound {
  readonly names: readonly string[];
  readonly train: readonly LabelledFile[];
  readonly test: readonly LabelledFile[];
  /** The label files read. */
  readonly files: readonly string[];
  /** Folders of images that should be there, but are not. */
  readonly missing: readonly string[];
}

/**
 * Stanford Cars: coarse classes are the paper's 8 body types, fine ones the 196 models, both numbered as in the official
 * code. Whole photographs, as there; cut-outs under the same names are read alike.
 */
export async function openCars196(folder: string, options: FilesOptions): Promise<LoadedData> {
  const { names, train, test, files, missing } = await readCars(folder);
  if (missing.length > 0) {
    fail("data", {
      where: folder,
      expected: `the images in ${missing.join(" and ")}`,
      found: "no such folder",
      fix: CARS_IMAGES_FIX,
    });
  }
  const loaded = await dataFromFiles(folder, [...train, ...test], options, { source: CARS_IMAGES_FIX });
  const { train: trained, test: tested } = loaded;
  const name = carsName(names, train.length, test.length, await areOfficial(files));
  // Classes of the user's own have no official numbers.
  const numbered = (set: Dataset) => (options.coarseMap === undefined ? renumbered(set, names) : set);
  return {
    ...loaded,
    name,
    train: { ...numbered(trained), name: `${name} train` },
    test: tested && { ...numbered(tested), name: `${name} test` },
  };
}

/** The official name is for the official classes, number of images and label files. */
export function carsName(names: readonly string[], train: number, test: number, official = true): string {
  if (!hasOfficialNames(names)) return titleOf("cars196", "other class names");
  const whole = train === carsCounts.train && test === carsCounts.test;
  return titleOf("cars196", whole ? !official && "other label files" : "other images");
}

async function areOfficial(files: readonly string[]): Promise<boolean> {
  for (const file of files) if ((await digestOf(file, "md5")) !== carsChecksums[basename(file)]) return false;
  return true;
}

/** Whether the models are the official ones in the official order, which the body types rest on. */
export function hasOfficialNames(names: readonly string[]): boolean {
  const lines = names.map((name) => `${name}\n`).join("");
  return createHash("sha256").update(lines).digest("hex") === CAR_NAMES_DIGEST;
}

/** With the official numbers of the classes, also where some have no image. */
function renumbered(set: Dataset, names: readonly string[]): Dataset {
  const fine = set.fine!.map((label) => names.indexOf(set.fineClasses![label]!));
  const coarse = fine.map((label) => bodyTypeOfModel[label]!);
  return { ...set, fineClasses: names, fine, coarseClasses: bodyTypes, coarse };
}

/**
 * Finds and reads the labels, whether the images are there or not.
 * @throws MaskconError "data" where a list is missing or damaged
 */
export async function readCars(folder: string): Promise<CarsFound> {
  const bases = [folder, join(folder, "stanford_cars")];
  const found = await firstThere(
    bases.flatMap((base) =>
      ["cars_train", "cars_test", "car_ims", ALL, TRAIN, "devkit"].map((name) => join(base, name)),
    ),
  );
  const base = found === undefined ? folder : dirname(found);
  const all = (await labelFile(base, ALL)) ?? join(base, ALL);
  const apart = await firstThere([join(base, "cars_train"), join(base, "cars_test")]);
  const whole = await firstThere([all, join(base, "car_ims")]);
  return whole !== undefined && apart === undefined ? readWhole(base, all) : readApart(base);
}

/** One list for all images: `cars_annos.mat` and `car_ims/`. */
async function readWhole(base: string, file: string): Promise<CarsFound> {
  const mat = await readCarsMat(file, carsFix(ALL));
  const names = carNames(mat, file, carsFix(ALL));
  const images = carImages(mat, file, carsFix(ALL));
  if (images.some(({ test }) => test === undefined)) {
    fail("data", { where: file, expected: 'the field "test"', found: "annotations without it", fix: carsFix(ALL) });
  }
  const of = (test: boolean) =>
    images.filter((image) => image.test === test).map((image) => labelled(base, image, names, test ? "test" : "train"));
  const folder = join(base, "car_ims");
  const there = await firstThere([folder]);
  return { names, train: of(false), test: of(true), files: [file], missing: there === undefined ? [folder] : [] };
}

/** A list for each split: the devkit with the labels of the test images, `cars_train/` and `cars_test/`. */
async function readApart(base: string): Promise<CarsFound> {
  const [trainFile, testFile, metaFile] = await devkitFiles(base);
  const names = carNames(await readCarsMat(metaFile, carsFix(META)), metaFile, carsFix(META));
  const read = async (file: string, split: "train" | "test") => {
    const images = carImages(await readCarsMat(file, carsFix(basename(file))), file, carsFix(basename(file)));
    const folder = join(base, `cars_${split}`);
    // The copy on Kaggle has the folder inside one of its own name.
    const there = await firstThere([join(folder, `cars_${split}`), folder]);
    return { folder, there, files: images.map((image) => labelled(there ?? folder, image, names, split)) };
  };
  const [train, test] = [await read(trainFile, "train"), await read(testFile, "test")];
  const missing = [train, test].filter(({ there }) => there === undefined).map(({ folder }) => folder);
  return { names, train: train.files, test: test.files, files: [trainFile, testFile, metaFile], missing };
}

/**
 * Where the three lists are.
 * @throws MaskconError "data" where some are missing, with the names of all those
 */
async function devkitFiles(base: string): Promise<[train: string, test: string, meta: string]> {
  const names = [TRAIN, TEST, META];
  const places = await Promise.all(names.map((name) => labelFile(base, name)));
  const [train, test, meta] = places;
  if (train !== undefined && test !== undefined && meta !== undefined) return [train, test, meta];
  const hints = [];
  if (await labelFile(base, ALL)) hints.push(`${ALL} goes with car_ims/, not with cars_train/`);
  if (!test && (await labelFile(base, UNLABELLED))) hints.push(`${UNLABELLED} has no classes`);
  const missing = names.filter((_, i) => places[i] === undefined);
  return fail("data", {
    where: base,
    expected: "the label files that go with cars_train/ and cars_test/",
    found: `no ${missing.join(", ")}${hints.length > 0 ? ` (${hints.join("; ")})` : ""}`,
    fix: carsFix(...missing),
  });
}

/** Where a label file is: beside the images or in the devkit. */
const labelFile = (base: string, name: string): Promise<string | undefined> =>
  firstThere(["", "devkit", "car_devkit/devkit"].map((place) => join(base, place, name)));

function labelled(
  root: string,
  { file, fine }: CarImage,
  names: readonly string[],
  split: "train" | "test",
): LabelledFile {
  const id = file.includes("/") ? file : `${split}/${file}`;
  return { file: join(root, file), id, coarse: bodyTypes[bodyTypeOfModel[fine]!]!, fine: names[fine], split };
}
