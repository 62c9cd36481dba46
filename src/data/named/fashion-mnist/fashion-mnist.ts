import { basename } from "node:path";
import { fail } from "../../../core/index.ts";
import type { Dataset, LoadedData, Normalization } from "../../dataset.ts";
import type { Published } from "../published.ts";
import { titleOf } from "../published-files.ts";
import { coarseOfFashion, fashionCoarse, fashionFine, fashionNormalization } from "./fashion-classes.ts";
import { fashionContent, fashionFix, mnistContent } from "./fashion-mnist-files.ts";
import { IDX_IMAGE, IDX_SIDE, type Idx, idxImages, idxLabels, readIdx } from "./idx.ts";

/** The four files, by their names unpacked. */
type IdxFiles = ReadonlyMap<string, Idx>;

/** What a label means. */
interface Meaning {
  readonly name: string;
  readonly normalization: Normalization;
  readonly coarseClasses: readonly string[];
  readonly coarseOf: readonly number[];
  /** Undefined where there is one label alone. */
  readonly fineClasses: readonly string[] | undefined;
}

const CLASSES = 10;

const fashion: Meaning = {
  name: "fashion-mnist",
  normalization: fashionNormalization,
  coarseClasses: fashionCoarse,
  coarseOf: coarseOfFashion,
  fineClasses: fashionFine,
};

/**
 * The folder of four idx files, compressed or not. MNIST, KMNIST and others have files of the same names, so that the classes
 * are Fashion-MNIST's only where the content is: others are numbered, and a coarse map must say what belongs together.
 * @param names of the files that the folder holds
 * @param others whether they are taken: a coarse map is given, or labels are not used
 */
export async function openFashionMnist(folder: string, names: readonly string[], others: boolean): Promise<LoadedData> {
  const files = await readFiles(folder, names);
  const known = knownContent((name) => files.get(name)!.md5);
  if (known === "fashion-mnist") return loaded(files, fashion);
  if (!others) refuseOthers(folder, known === "mnist");
  return loaded(files, numbered(known ?? titleOf("fashion-mnist", "other files"), files));
}

/** The files read as Fashion-MNIST's, whatever they are. */
export const openAsFashion = async (folder: string, names: readonly string[]): Promise<LoadedData> =>
  loaded(await readFiles(folder, names), fashion);

async function readFiles(folder: string, names: readonly string[]): Promise<IdxFiles> {
  const files = new Map<string, Idx>();
  for (const prefix of ["train", "t10k"]) {
    const [images, labels] = [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`];
    const image = await readIdx(folder, names, images, idxImages);
    const label = await readIdx(folder, names, labels, idxLabels);
    checkLabels(label, image.items.length / IDX_IMAGE, prefix === "train" ? "train" : "test");
    files.set(images, image).set(labels, label);
  }
  return files;
}

function checkLabels({ file, items: labels }: Idx, count: number, split: string): void {
  const fix = fashionFix(basename(file));
  if (labels.length !== count) {
    const expected = `${count} labels for ${split}`;
    fail("data", { where: `${file}, byte 4`, expected, found: String(labels.length), fix });
  }
  const wrong = labels.findIndex((label) => label >= CLASSES);
  if (wrong < 0) return;
  const found = `${labels[wrong]} at image ${wrong}`;
  fail("data", { where: file, expected: `labels below ${CLASSES}`, found, fix });
}

/** Which set all four files are, by their MD5 unpacked. */
export function knownContent(md5Of: (name: string) => string): "fashion-mnist" | "mnist" | undefined {
  const is = (content: Published) => Object.entries(content).every(([name, sums]) => sums.includes(md5Of(name)));
  return is(fashionContent) ? "fashion-mnist" : is(mnistContent) ? "mnist" : undefined;
}

function refuseOthers(folder: string, isMnist: boolean): never {
  fail("data", {
    where: folder,
    expected: "the files of Fashion-MNIST, whose coarse classes are known",
    found: isMnist ? "MNIST, whose files have the same names" : "other files of the same names, by their checksums",
    fix:
      "give the coarse class of each label with --coarse-map (coarseMap), a CSV fine,coarse of the classes 0 to 9; " +
      "for Fashion-MNIST run maskcon data get fashion-mnist",
  });
}

/** Classes that are called by their numbers, for a coarse map. */
function numbered(name: string, files: IdxFiles): Meaning {
  const [mean, deviation] = grayOf(files.get("train-images-idx3-ubyte")!.items);
  return {
    name,
    normalization: { mean: [mean, mean, mean], std: [deviation, deviation, deviation] },
    coarseClasses: Array.from({ length: CLASSES }, (_, label) => String(label)),
    coarseOf: Array.from({ length: CLASSES }, (_, label) => label),
    fineClasses: undefined,
  };
}

/** Mean and deviation of gray values, of 1; images without any contrast are only shifted. */
function grayOf(pixels: Uint8Array): [mean: number, deviation: number] {
  let [sum, squares] = [0, 0];
  for (const pixel of pixels) {
    sum += pixel;
    squares += pixel * pixel;
  }
  const mean = sum / pixels.length;
  const deviation = Math.sqrt(Math.max(0, squares / pixels.length - mean * mean));
  return [mean / 255, deviation > 0 ? deviation / 255 : 1];
}

const loaded = (files: IdxFiles, meaning: Meaning): LoadedData => ({
  name: meaning.name,
  train: datasetOf(files, "train", "train", meaning),
  test: datasetOf(files, "t10k", "test", meaning),
  skipped: [],
});

function datasetOf(files: IdxFiles, prefix: string, split: string, meaning: Meaning): Dataset {
  const { items: images } = files.get(`${prefix}-images-idx3-ubyte`)!;
  const { items: labels } = files.get(`${prefix}-labels-idx1-ubyte`)!;
  const length = labels.length;
  const pixels = new SharedArrayBuffer(length * IDX_IMAGE * 3);
  const out = new Uint8Array(pixels);
  for (let i = 0; i < images.length; i++) out.fill(images[i]!, 3 * i, 3 * i + 3);
  return {
    name: `${meaning.name} ${split}`,
    length,
    coarseClasses: meaning.coarseClasses,
    fineClasses: meaning.fineClasses,
    coarse: Int32Array.from(labels, (label) => meaning.coarseOf[label]!),
    fine: meaning.fineClasses && Int32Array.from(labels),
    ids: (index) => `${split}/${index}`,
    source: { kind: "memory", width: IDX_SIDE, height: IDX_SIDE, pixels },
    normalization: meaning.normalization,
  };
}
