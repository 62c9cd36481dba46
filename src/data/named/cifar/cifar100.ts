import { join } from "node:path";
import type { LoadedData, Normalization } from "../../dataset.ts";
import { withFix } from "../official-file.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { cifarFix } from "../published.ts";
import { type CifarClasses, type CifarPart, cifarDataset, readClassNames, readRecords } from "./cifar-data.ts";
import { imagesOf, labelsOf, namesOf, readDict } from "./cifar-pickle.ts";

const NAME = "cifar100";
const normalization: Normalization = { mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] };

/** The folder of the official Python archive: `meta`, `train`, `test`. Coarse and fine labels are the dataset's own. */
export async function openCifar100(folder: string): Promise<LoadedData> {
  const file = join(folder, "meta");
  return withFix(cifarFix("cifar-100-python.tar.gz"), async () => {
    const meta = await readDict(file);
    const classes = {
      coarse: namesOf(meta, "coarse_label_names", 20, file),
      fine: namesOf(meta, "fine_label_names", 100, file),
    };
    return loaded(classes, await readPickled(folder, "train"), await readPickled(folder, "test"));
  });
}

/** The folder of the official binary archive: `train.bin`, `test.bin` and two lists of class names. */
export async function openCifar100Binary(folder: string): Promise<LoadedData> {
  const read = async (name: string): Promise<CifarPart> => {
    const { labels, ...part } = await readRecords(folder, name, [20, 100]);
    return { ...part, coarse: labels[0]!, fine: labels[1]! };
  };
  return withFix(cifarFix("cifar-100-binary.tar.gz"), async () => {
    const classes = {
      coarse: await readClassNames(folder, "coarse_label_names.txt", 20),
      fine: await readClassNames(folder, "fine_label_names.txt", 100),
    };
    return loaded(classes, await read("train.bin"), await read("test.bin"));
  });
}

async function readPickled(folder: string, split: "train" | "test"): Promise<CifarPart> {
  const file = join(folder, split);
  const dict = await readDict(file);
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

function loaded(classes: CifarClasses, train: CifarPart, test: CifarPart): LoadedData {
  return {
    name: NAME,
    train: cifarDataset(`${NAME} train`, [train], classes, normalization),
    test: cifarDataset(`${NAME} test`, [test], classes, normalization),
    skipped: [],
  };
}
