import type { RunRecord } from "../config/index.ts";
import { canonicalName, fail } from "../core/index.ts";
import { type Dataset, imagesAt, type LoadedData } from "../data/index.ts";
import { describeData, labelsDigest } from "./describe-data.ts";
import { changeText, type ImageChanges, imageChanges, isUnchanged, type SplitChange } from "./image-changes.ts";
import { readImageList } from "./image-file.ts";
import type { ImageList } from "./image-list.ts";
import type { RunPaths } from "./run-folder.ts";

/** A run by its `config.json` and the list beside it. */
interface RecordedRun {
  readonly paths: Pick<RunPaths, "images">;
  readonly record: Pick<RunRecord, "dataset">;
}

/** Loaded data beside the images of a run. */
interface ComparedImages {
  /** Of the loaded data, in their order; undefined where they were not looked at, for a run of an earlier version. */
  readonly list: ImageList | undefined;
  /** The run's images, in its own order; undefined where others were found. */
  readonly own: LoadedData | undefined;
  /** Where others were found. */
  readonly difference: ImageDifference | undefined;
}

/** What was expected and found, and what to do. */
interface ImageDifference {
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

/** Said of runs that keep nothing by which images could be compared. */
export const ONLY_LABELS_COMPARED =
  "this run was begun by an earlier version, which kept no digests of its images: only the training labels were compared";

/**
 * Compares loaded data with the images of a run by content, wherever they lie and in whatever order. Of a run of an earlier
 * version only the training labels are known.
 * @param labels whether an image with another label is another image; if not, some images may also be missing
 * @throws MaskconError "image" where an image has to be read for it and cannot be
 */
export async function compareImages(
  run: RecordedRun,
  data: LoadedData,
  { labels = true, signal }: { labels?: boolean; signal?: AbortSignal | undefined } = {},
): Promise<ComparedImages> {
  const { dataset } = run.record;
  if (dataset.images === undefined) {
    return labels ? compareLabels(dataset, data) : { list: undefined, own: data, difference: undefined };
  }
  const found = await describeData(data, signal);
  if (found.dataset.images === dataset.images) return ownIn(run, data, found.list);
  const own = await ownList(run);
  if ("problem" in own) {
    const expected = "the images and labels that this run was trained on";
    return others(found.list, expected, `others; how many cannot be said, because ${own.problem}`);
  }
  const changes = imageChanges(own, found.list, { labels });
  const { train, test } = changes;
  if (labels && isUnchanged(train) && isUnchanged(test)) return ownIn(run, data, found.list, changes);
  if (!labels && isPartOf(train) && isPartOf(test)) {
    return { list: found.list, own: reordered(data, changes), difference: undefined };
  }
  const text = changeText(changes);
  return others(found.list, text.expected, text.found, isResplit(changes));
}

/** The list of a run's images, or why it cannot be had. */
export async function ownList({ paths, record }: RecordedRun): Promise<ImageList | { readonly problem: string }> {
  const { images, trainImages, testImages } = record.dataset;
  if (images === undefined) return { problem: "the run was begun by an earlier version, which kept none" };
  return readImageList(paths.images, { digest: images, trainImages, testImages });
}

function compareLabels({ trainImages, testImages, labels }: RunRecord["dataset"], data: LoadedData): ComparedImages {
  const [train, test] = [data.train.length, data.test?.length ?? 0];
  const counted = train === trainImages && test === testImages;
  if (counted && labelsDigest(data) === labels) return { list: undefined, own: data, difference: undefined };
  const expected = `the ${trainImages} training and ${testImages} test images that the run had, and their labels`;
  return others(undefined, expected, counted ? "other labels" : `${train} and ${test}`);
}

function others(list: ImageList | undefined, expected: string, found: string, resplit = false): ComparedImages {
  const fix = resplit
    ? "give the files the names, or the rows of Parquet the order, and the split that they had"
    : "give the images and their labels as they were";
  return { list, own: undefined, difference: { expected, found, fix } };
}

const isPartOf = ({ found, same }: SplitChange) => same === found;

/** Whether these are the run's images with their labels, divided otherwise into training and test images. */
const isResplit = ({ train, test }: ImageChanges) =>
  train.own + test.own === train.found + test.found &&
  [train, test].every(({ relabelled, others }) => relabelled + others === 0);

/** The images in the run's order, with its classes and normalisation. */
function ownIn({ record }: RecordedRun, data: LoadedData, list: ImageList, changes?: ImageChanges): ComparedImages {
  const { coarseClasses, normalization } = record.dataset;
  const { train, test, ...rest } = changes ? reordered(data, changes) : data;
  const restored = (set: Dataset) => ({ ...withClasses(set, coarseClasses), normalization });
  const own = { ...rest, train: restored(train), test: test && restored(test) };
  return { list, own, difference: undefined };
}

function reordered(data: LoadedData, { train, test }: ImageChanges): LoadedData {
  const places = ({ places }: SplitChange) => places.filter((place) => place >= 0);
  return {
    ...data,
    train: imagesAt(data.train, places(train)),
    test: data.test && imagesAt(data.test, places(test)),
  };
}

/** The set with its coarse classes in the order of `names`: other normal forms of the same names sort otherwise. */
function withClasses(set: Dataset, names: readonly string[]): Dataset {
  if (names.length === set.coarseClasses.length && names.every((name, i) => name === set.coarseClasses[i])) return set;
  const places = new Map(names.map((name, i) => [canonicalName(name), i]));
  const classOf = set.coarseClasses.map((name) => places.get(canonicalName(name)) ?? -1);
  return { ...set, coarseClasses: names, coarse: set.coarse.map((label) => classOf[label]!) };
}

/**
 * Refuses images that are not the run's own.
 * @param instead what to do where others are meant
 * @throws MaskconError "data" where the images differ, as the caller has found
 */
export function refuseOthers({ name }: LoadedData, { fix, ...rest }: ImageDifference, instead: string): never {
  return fail("data", { where: name, ...rest, fix: `${fix}, or ${instead}` });
}
