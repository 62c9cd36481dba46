import { existsSync } from "node:fs";
import { parse } from "node:path";
import { writeFileAtomically } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import { type Dataset, idOf } from "../data/index.ts";
import { type EmbedOptions, embedBatches, type FeatureEncoder } from "../eval/index.ts";
import { writeNpy } from "../formats/numpy/index.ts";
import { checkNew, checkPlace } from "./check-place.ts";

/**
 * Refuses a name whose ending says another format than the one that is written.
 * @throws MaskconError "usage" where it does
 */
export function checkFeaturesName(file: string): void {
  const { ext, name } = parse(file);
  if (ext === "" || ext === ".npy") return;
  fail("usage", {
    where: `--out ${file}`,
    expected: "a name that ends in .npy: features are written in no other format",
    found: ext,
    fix: `name it ${name}.npy, which NumPy reads (numpy.load)`,
  });
}

/** `features.npy` -> `features.ids.txt` */
const idsFile = (file: string): string => `${file.replace(/\.npy$/, "")}.ids.txt`;

/**
 * Writes the features of every image of a dataset as .npy, float32 [n, F], not normalised, and beside it the images'
 * ids, one a line in the same order (what ends a line inside an id is escaped, as in JSON). Both files appear complete
 * or not at all; memory does not grow with the features. Returns both paths.
 * @throws MaskconError "usage" where another file lies there or the name ends otherwise than in .npy, "disk" where it cannot be written
 */
export async function embedImages(
  o: EmbedOptions & { encoder: FeatureEncoder; dataset: Dataset; file: string },
): Promise<{ file: string; ids: string }> {
  const { encoder, dataset, file } = o;
  const ids = idsFile(file);
  await checkPlace(file, "npy");
  checkFeaturesName(file);
  // Nothing in a list of ids says what it is: beside an .npy file it is that one's.
  if (!existsSync(file)) await checkNew(ids);
  async function* rows(): AsyncGenerator<Float32Array> {
    for await (const { features } of embedBatches(encoder, dataset, o)) yield features;
  }
  await writeNpy(file, { rows: dataset.length, columns: encoder.featureDim }, rows(), {
    beforeReplace: () => writeFileAtomically(ids, lines(dataset)),
  });
  return { file, ids };
}

function* lines(dataset: Dataset): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let first = 0; first < dataset.length; first += 4096) {
    let text = "";
    for (let i = first; i < Math.min(first + 4096, dataset.length); i++) {
      text += `${idOf(dataset, i).replace(lineEnds, escaped)}\n`;
    }
    yield encoder.encode(text);
  }
}

/** Control characters but the tab, and Unicode's separators: readers end lines at several of them (Python's `splitlines`). */
const lineEnds = /(?!\t)[\p{Cc}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  ({ "\n": "\\n", "\r": "\\r" })[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
