import { join } from "node:path";
import type { Dataset, LoadedData, Normalization } from "../dataset.ts";
import { imagesOf, labelsOf, namesOf, readDict } from "./cifar-pickle.ts";
import { IMAGE_BYTES, interleave, SIDE } from "./planar.ts";

const NAME = "cifar100";
const normalization: Normalization = { mean: [0.507, 0.487, 0.441], std: [0.267, 0.256, 0.276] };

/** The folder of the official archive: `meta`, `train`, `test` (Python version). */
export async function openCifar100(folder: string): Promise<LoadedData> {
  const meta = await readDict(join(folder, "meta"));
  const classes = {
    coarse: namesOf(meta, "coarse_label_names", 20, join(folder, "meta")),
    fine: namesOf(meta, "fine_label_names", 100, join(folder, "meta")),
  };
  const train = await readSplit(folder, "train", classes);
  return { name: NAME, train, test: await readSplit(folder, "test", classes), skipped: [] };
}

async function readSplit(
  folder: string,
  split: "train" | "test",
  classes: { coarse: string[]; fine: string[] },
): Promise<Dataset> {
  const file = join(folder, split);
  const dict = await readDict(file);
  const { count, bytes } = imagesOf(dict, file);
  const names = namesOf(dict, "filenames", count, file);
  const pixels = new SharedArrayBuffer(count * IMAGE_BYTES);
  const out = new Uint8Array(pixels);
  for (let i = 0; i < count; i++) interleave(bytes, i * IMAGE_BYTES, out, i * IMAGE_BYTES);
  return {
    name: `${NAME} ${split}`,
    length: count,
    coarseClasses: classes.coarse,
    fineClasses: classes.fine,
    coarse: labelsOf(dict, "coarse_labels", count, classes.coarse.length, file),
    fine: labelsOf(dict, "fine_labels", count, classes.fine.length, file),
    ids: names.map((name) => `${split}/${name}`),
    source: { kind: "memory", width: SIDE, height: SIDE, pixels },
    normalization,
  };
}
