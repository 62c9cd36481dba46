import { fail } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import type { KeyEncoder } from "../step/index.ts";
import { type EmbedKeysOptions, embedKeys } from "./embed-keys.ts";
import type { PairLabels, Relations } from "./relations.ts";
import { type QuerySample, sampleAround, sampleImages } from "./sample.ts";

/** Which images are compared, and how they are seen; `relationsOptions` gives those of a run. */
export interface RelationsOptions extends EmbedKeysOptions {
  /** How many images are queries; fewer where the dataset is small. */
  readonly queries: number;
  /** K: images in the queue, as the run has it; fewer where the dataset is small. */
  readonly queueSize: number;
}

/**
 * Relations of random images, their fine labels known.
 * @throws MaskconError "data" where the dataset has no fine labels, or a single fine class.
 */
export async function knownRelations(encoder: KeyEncoder, dataset: Dataset, o: RelationsOptions): Promise<Relations> {
  const { fine } = dataset;
  if (!fine) {
    return fail("data", {
      where: dataset.name,
      expected: "images with fine labels",
      found: "coarse labels alone",
      fix: "give some with --labels FILE.csv (columns id,fine)",
    });
  }
  const sample = sampleImages({ ...o, length: dataset.length });
  const [keys, queue] = await keysOf(encoder, dataset, sample, o);
  const pick = (places: Int32Array) => labelsOf(dataset.coarse, fine, places);
  const relations = { keys, queue, dim: encoder.dim, labels: pick(sample.queries), queueLabels: pick(sample.queue) };
  refuseOneClass(relations.queueLabels.fine, dataset.name);
  return relations;
}

/**
 * Relations of the labelled images among themselves, in a queue of the run's own size: the others fill it up with unknown
 * fine labels. `fine` [length] is -1 where unknown.
 * @throws MaskconError "data" where fewer than two fine classes are labelled.
 */
export async function labelledRelations(
  encoder: KeyEncoder,
  dataset: Dataset,
  fine: Int32Array,
  o: Omit<RelationsOptions, "queries">,
): Promise<Relations> {
  const labelled = Int32Array.from(fine.keys()).filter((place) => fine[place]! >= 0);
  refuseOneClass(fine, "fine labels");
  const { queries, queue } = sampleAround(labelled, { ...o, length: dataset.length });
  const { dim } = encoder;
  const both = queries.length > queue.length ? queries : queue;
  const keys = await embedKeys(encoder, dataset, both, o);
  return {
    keys: keys.subarray(0, queries.length * dim),
    queue: keys.subarray(0, queue.length * dim),
    dim,
    labels: labelsOf(dataset.coarse, fine, queries),
    queueLabels: labelsOf(dataset.coarse, fine, queue),
    own: Int32Array.from(queries, (_, i) => (i < queue.length ? i : -1)),
  };
}

async function keysOf(encoder: KeyEncoder, dataset: Dataset, { queries, queue }: QuerySample, o: EmbedKeysOptions) {
  const all = await embedKeys(encoder, dataset, Int32Array.from([...queries, ...queue]), o);
  const split = queries.length * encoder.dim;
  return [all.subarray(0, split), all.subarray(split)] as const;
}

function labelsOf(coarse: Int32Array, fine: Int32Array, places: Int32Array): PairLabels {
  return { coarse: places.map((place) => coarse[place]!), fine: places.map((place) => fine[place]!) };
}

function refuseOneClass(fine: Int32Array, where: string): void {
  const classes = new Set(fine.filter((label) => label >= 0)).size;
  if (classes > 1) return;
  fail("data", {
    where,
    expected: "at least two fine classes to tell apart",
    found: classes === 0 ? "no fine label" : "a single one",
    fix: "label images of several fine classes",
  });
}
