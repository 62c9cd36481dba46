import { join } from "node:path";
import { fail } from "../../../core/index.ts";
import type { LoadedData, Normalization } from "../../dataset.ts";
import { withFix } from "../official-file.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { cifarFix } from "../published.ts";
import { type CifarPart, cifarDataset, readClassNames, readRecords } from "./cifar-data.ts";
import { imagesOf, labelsOf, namesOf, readDict } from "./cifar-pickle.ts";
import { type CifarScheme, cifar10Schemes, relabel, type Scheme } from "./cifar10-coarse.ts";

const normalization: Normalization = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] };

type ReadPart = (name: string) => Promise<CifarPart>;

/**
 * The folder of the official Python archive: `batches.meta`, `data_batch_1` .. `_5`, `test_batch`.
 * @param names what it holds; training files that are not among them are left out
 */
export async function openCifar10(folder: string, names: readonly string[], scheme: CifarScheme): Promise<LoadedData> {
  const meta = join(folder, "batches.meta");
  return withFix(cifarFix("cifar-10-python.tar.gz"), async () => {
    const fine = namesOf(await readDict(meta), "label_names", 10, meta);
    return open(folder, names, "", fine, (name) => readPickled(folder, name), cifar10Schemes[scheme]);
  });
}

/** The folder of the official binary archive: the same names ending in `.bin`, and `batches.meta.txt`. */
export async function openCifar10Binary(
  folder: string,
  names: readonly string[],
  scheme: CifarScheme,
): Promise<LoadedData> {
  const read = async (name: string): Promise<CifarPart> => {
    const { labels, ...part } = await readRecords(folder, name, [10]);
    return { ...part, coarse: labels[0]!, fine: labels[0]! };
  };
  return withFix(cifarFix("cifar-10-binary.tar.gz"), async () => {
    const fine = await readClassNames(folder, "batches.meta.txt", 10);
    return open(folder, names, ".bin", fine, read, cifar10Schemes[scheme]);
  });
}

async function open(
  folder: string,
  names: readonly string[],
  ending: string,
  fine: readonly string[],
  read: ReadPart,
  scheme: Scheme,
): Promise<LoadedData> {
  const wanted = [1, 2, 3, 4, 5].map((i) => `data_batch_${i}${ending}`);
  const there = wanted.filter((name) => names.includes(name));
  if (there.length === 0) {
    const expected = `at least one of ${wanted[0]} to ${wanted[4]}`;
    fail("data", { where: join(folder, wanted[0]!), expected, found: "none of them" });
  }
  const parts: CifarPart[] = [];
  for (const name of there) parts.push(relabel(await read(name), scheme));
  const test = relabel(await read(`test_batch${ending}`), scheme);
  const classes = { coarse: scheme.coarse, fine: scheme.kept.map((label) => fine[label]!) };
  return {
    name: scheme.name,
    train: cifarDataset(`${scheme.name} train`, parts, classes, normalization),
    test: cifarDataset(`${scheme.name} test`, [test], classes, normalization),
    skipped: [],
  };
}

async function readPickled(folder: string, name: string): Promise<CifarPart> {
  const file = join(folder, name);
  const dict = await readDict(file);
  const { count, bytes } = imagesOf(dict, file);
  const ids = namesOf(dict, "filenames", count, file);
  const fine = labelsOf(dict, "labels", count, 10, file);
  return { count, planes: bytes, stride: IMAGE_BYTES, first: 0, coarse: fine, fine, id: (i) => `${name}/${ids[i]}` };
}
