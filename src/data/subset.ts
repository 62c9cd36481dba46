import { fail, permutation, random } from "../core/index.ts";
import { type Dataset, type ImageSource, idOf, type LoadedData } from "./dataset.ts";
import { digestsAt } from "./images/content-digest.ts";

/** A stream of random numbers of its own. */
const SUBSET = 0x5b5e7;

interface SubsetOptions {
  /** Training images to keep; all where it is left out. */
  readonly trainImages?: number | undefined;
  /** `train` leaves the test images out. */
  readonly measureOn?: "test" | "train" | undefined;
}

/** The data with the images that are asked for. */
export function subsetOf(data: LoadedData, { trainImages, measureOn = "test" }: SubsetOptions): LoadedData {
  const train = trainImages === undefined ? data.train : subset(data.train, trainImages);
  return { ...data, train, test: measureOn === "test" ? data.test : undefined };
}

/**
 * `count` images of a dataset, drawn at random: the same ones in every run, and those of a smaller count among those of a
 * larger one. The classes keep their places, also one that is left without an image.
 * @throws MaskconError "config" where the dataset has fewer
 */
export function subset(dataset: Dataset, count: number): Dataset {
  if (count > dataset.length) {
    fail("config", {
      where: "--train-images",
      expected: `at most the ${dataset.length} training images of ${dataset.name}`,
      found: String(count),
      fix: "lower it, or leave it out to train on all of them",
    });
  }
  return imagesAt(dataset, permutation(dataset.length, random(0, SUBSET)).slice(0, count).sort());
}

/** The images at `places` [n] of a dataset, in that order. */
export function imagesAt(dataset: Dataset, places: Int32Array): Dataset {
  return {
    ...dataset,
    length: places.length,
    coarse: pick(dataset.coarse, places),
    fine: dataset.fine && pick(dataset.fine, places),
    ids: (index) => idOf(dataset, places[index]!),
    source: sourceAt(dataset.source, places),
  };
}

const pick = (values: Int32Array, places: Int32Array) => places.map((place) => values[place]!);

function sourceAt(source: ImageSource, places: Int32Array): ImageSource {
  if (source.kind === "memory") return { ...source, pixels: pixelsAt(source, places) };
  const digests = source.digests && { digests: digestsAt(source.digests, places) };
  switch (source.kind) {
    case "packed":
      return {
        ...source,
        ...digests,
        offsets: Float64Array.from(places, (place) => source.offsets[place]!),
        sizes: Int32Array.from({ length: 2 * places.length }, (_, i) => source.sizes[2 * places[i >> 1]! + (i & 1)]!),
      };
    case "slices":
      return {
        ...source,
        ...digests,
        part: pick(source.part, places),
        offsets: Float64Array.from(places, (place) => source.offsets[place]!),
        lengths: pick(source.lengths, places),
      };
    case "files":
      return { ...source, ...digests, files: Array.from(places, (place) => source.files[place]!) };
  }
}

type InMemory = Extract<ImageSource, { readonly kind: "memory" }>;

function pixelsAt({ width, height, pixels }: InMemory, places: Int32Array): SharedArrayBuffer {
  const bytes = 3 * width * height;
  const all = new Uint8Array(pixels);
  const kept = new Uint8Array(new SharedArrayBuffer(bytes * places.length));
  for (const [i, place] of places.entries()) kept.set(all.subarray(bytes * place, bytes * (place + 1)), bytes * i);
  return kept.buffer as SharedArrayBuffer;
}
