import { join } from "node:path";
import { fail } from "../../../core/index.ts";
import type { OpenOptions } from "../../collections/opener.ts";
import type { LoadedData, Normalization } from "../../dataset.ts";
import { type CifarFound, cifarFix } from "../cifar/cifar-archive.ts";
import { type CifarPart, cifarDataset, MAX_CIFAR_BYTES, readClassNames, readRecords } from "../cifar/cifar-data.ts";
import { dictOf, entryOf, imagesOf, labelsOf, namesOf } from "../cifar/cifar-pickle.ts";
import { withFix } from "../official-file.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { type PublishedFiles, publishedFiles, titleOf } from "../published-files.ts";
import { cifar10Python } from "./cifar10-archives.ts";
import { type CifarScheme, cifar10Classes, cifar10Schemes, relabel, type Scheme } from "./cifar10-coarse.ts";

const normalization: Normalization = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] };

/** How one of the two archives is read. */
interface Version {
  readonly ending: string;
  /** @param placeOf where the name of a class stands, for messages */
  classNames(files: PublishedFiles): Promise<{ names: readonly string[]; placeOf: (label: number) => string }>;
  part(files: PublishedFiles, name: string): Promise<CifarPart>;
}

/**
 * The folder of either archive: class names, `data_batch_1` to `_5` and `test_batch`. Training files that are not there are
 * left out. The coarse classes rest on the official class names: with others, a coarse map must give them.
 */
export async function readCifar10(
  { archive, folder, there }: CifarFound,
  scheme: CifarScheme,
  { coarseMap, anyClasses }: OpenOptions,
): Promise<LoadedData> {
  const files = publishedFiles(folder, archive.files);
  const version = archive === cifar10Python ? pickles : binary;
  return withFix(cifarFix(archive), async () => {
    const { names, placeOf } = await version.classNames(files);
    const other = names.findIndex((name, label) => name !== cifar10Classes[label]);
    const isRefused = other >= 0 && coarseMap === undefined && !anyClasses;
    if (isRefused) refuseNames(placeOf(other), names[other]!, cifar10Classes[other]!);
    const parts = await readParts(version, files, there);
    return other >= 0 ? unmapped(parts, names) : mapped(parts, cifar10Schemes[scheme], files.areAsPublished());
  });
}

function refuseNames(where: string, found: string, expected: string): never {
  fail("data", {
    where,
    expected: `CIFAR-10's class "${expected}", which its coarse classes rest on`,
    found: JSON.stringify(found.slice(0, 80)),
    fix: "give the coarse class of each fine one with --coarse-map (coarseMap)",
  });
}

const TRAINING_FILES = 5;

interface Parts {
  readonly train: readonly CifarPart[];
  readonly test: CifarPart;
}

async function readParts({ ending, part }: Version, files: PublishedFiles, there: readonly string[]): Promise<Parts> {
  const wanted = Array.from({ length: TRAINING_FILES }, (_, i) => `data_batch_${i + 1}${ending}`);
  const names = wanted.filter((name) => there.includes(name));
  if (names.length === 0) {
    const expected = `at least one of ${wanted[0]} to ${wanted.at(-1)}`;
    fail("data", { where: join(files.folder, wanted[0]!), expected, found: "none of them" });
  }
  const train: CifarPart[] = [];
  for (const name of names) train.push(await part(files, name));
  return { train, test: await part(files, `test_batch${ending}`) };
}

function mapped({ train, test }: Parts, scheme: Scheme, official: boolean): LoadedData {
  const name = titleOf(scheme.name, official ? train.length < TRAINING_FILES && "part" : "other files");
  const classes = { coarse: scheme.coarse, fine: scheme.kept.map((label) => cifar10Classes[label]!) };
  const relabelled = train.map((part) => relabel(part, scheme));
  return {
    name,
    train: cifarDataset(`${name} train`, relabelled, classes, normalization),
    test: cifarDataset(`${name} test`, [relabel(test, scheme)], classes, normalization),
    skipped: [],
  };
}

/** With the one label that there is, for a coarse map. */
function unmapped({ train, test }: Parts, names: readonly string[]): LoadedData {
  const name = titleOf("cifar10", "other class names");
  const datasetOf = (split: string, parts: readonly CifarPart[]) => {
    const dataset = cifarDataset(`${name} ${split}`, parts, { coarse: names, fine: names }, normalization);
    return { ...dataset, fineClasses: undefined, fine: undefined };
  };
  return { name, train: datasetOf("train", train), test: datasetOf("test", [test]), skipped: [] };
}

const pickles: Version = {
  ending: "",
  async classNames(files) {
    const file = join(files.folder, "batches.meta");
    const names = namesOf(dictOf(await files.read("batches.meta", MAX_CIFAR_BYTES), file), "label_names", 10, file);
    return { names, placeOf: () => entryOf(file, "label_names") };
  },
  async part(files, name) {
    const file = join(files.folder, name);
    const dict = dictOf(await files.read(name, MAX_CIFAR_BYTES), file);
    const { count, bytes } = imagesOf(dict, file);
    const ids = namesOf(dict, "filenames", count, file);
    const fine = labelsOf(dict, "labels", count, 10, file);
    return { count, planes: bytes, stride: IMAGE_BYTES, first: 0, coarse: fine, fine, id: (i) => `${name}/${ids[i]}` };
  },
};

const binary: Version = {
  ending: ".bin",
  async classNames(files) {
    const name = "batches.meta.txt";
    const placeOf = (label: number) => `${join(files.folder, name)}, line ${label + 1}`;
    return { names: await readClassNames(files, name, 10), placeOf };
  },
  async part(files, name) {
    const { labels, ...part } = await readRecords(files, name, [10]);
    return { ...part, coarse: labels[0]!, fine: labels[0]! };
  },
};
