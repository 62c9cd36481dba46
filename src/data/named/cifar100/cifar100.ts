import { join } from "node:path";
import type { LoadedData, Normalization } from "../../dataset.ts";
import { type CifarFound, cifarFix } from "../cifar/cifar-archive.ts";
import {
  type CifarClasses,
  type CifarPart,
  cifarDataset,
  MAX_CIFAR_BYTES,
  readClassNames,
  readRecords,
} from "../cifar/cifar-data.ts";
import { dictOf, imagesOf, labelsOf, namesOf } from "../cifar/cifar-pickle.ts";
import { withFix } from "../official-file.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { type PublishedFiles, publishedFiles, titleOf } from "../published-files.ts";
import { cifar100Python } from "./cifar100-archives.ts";

const normalization: Normalization = { mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] };

interface Content {
  readonly classes: CifarClasses;
  readonly train: CifarPart;
  readonly test: CifarPart;
}

/** The folder of either archive. Names and labels of the coarse and the fine classes are its own. */
export async function readCifar100({ archive, folder }: CifarFound): Promise<LoadedData> {
  const files = publishedFiles(folder, archive.files);
  const read = archive === cifar100Python ? readPickles : readBinary;
  const { classes, train, test } = await withFix(cifarFix(archive), () => read(files));
  const name = titleOf("cifar100", !files.areAsPublished() && "other files");
  return {
    name,
    train: cifarDataset(`${name} train`, [train], classes, normalization),
    test: cifarDataset(`${name} test`, [test], classes, normalization),
    skipped: [],
  };
}

/** `meta`, `train`, `test`. */
async function readPickles(files: PublishedFiles): Promise<Content> {
  const file = join(files.folder, "meta");
  const meta = dictOf(await files.read("meta", MAX_CIFAR_BYTES), file);
  const classes = {
    coarse: namesOf(meta, "coarse_label_names", 20, file),
    fine: namesOf(meta, "fine_label_names", 100, file),
  };
  return { classes, train: await readPickled(files, "train"), test: await readPickled(files, "test") };
}

async function readPickled(files: PublishedFiles, split: "train" | "test"): Promise<CifarPart> {
  const file = join(files.folder, split);
  const dict = dictOf(await files.read(split, MAX_CIFAR_BYTES), file);
  const { count, bytes } = imagesOf(dict, file);
  const names = namesOf(dict, "filenames", count, file);
  return {
    count,
    planes: bytes,
    stride: IMAGE_BYTES,
    first: 0,
    coarse: labelsOf(dict, "coarse_labels", count, 20, file),
    fine: labelsOf(dict, "fine_labels", count, 100, file),
    id: (i) => `${split}/${names[i]}`,
  };
}

/** `train.bin`, `test.bin` and two lists of class names. */
async function readBinary(files: PublishedFiles): Promise<Content> {
  const read = async (name: string): Promise<CifarPart> => {
    const { labels, ...part } = await readRecords(files, name, [20, 100]);
    return { ...part, coarse: labels[0]!, fine: labels[1]! };
  };
  const classes = {
    coarse: await readClassNames(files, "coarse_label_names.txt", 20),
    fine: await readClassNames(files, "fine_label_names.txt", 100),
  };
  return { classes, train: await read("train.bin"), test: await read("test.bin") };
}
