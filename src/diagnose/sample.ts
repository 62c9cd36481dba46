import { fail, permutation, random } from "../core/index.ts";

/** Which images are queries and which stand in the queue: places in the dataset. */
export interface QuerySample {
  readonly queries: Int32Array;
  readonly queue: Int32Array;
}

interface SampleOptions {
  /** Images of the dataset, and how many of them a batch takes. */
  readonly length: number;
  readonly batchSize: number;
  /** Wanted: fewer where the dataset is too small. */
  readonly queries: number;
  readonly queueSize: number;
  readonly seed: number;
}

/** Of a small dataset this share are queries. */
const QUERY_SHARE = 0.2;

/**
 * Queries and a queue, drawn without replacement: no query is compared with its own image.
 * @throws MaskconError "data" where the dataset has fewer images than a batch.
 */
export function sampleImages(o: SampleOptions): QuerySample {
  const most = wholeBatches(o);
  const queries = Math.min(o.queries, Math.max(1, Math.ceil(Math.max(most - o.queueSize, most * QUERY_SHARE))));
  const order = permutation(o.length, random(o.seed));
  return { queries: order.slice(0, queries), queue: order.slice(queries, Math.min(most, queries + o.queueSize)) };
}

/**
 * The labelled images as queries, and a queue of them and random others. Query i is queue entry i, as far as the queue
 * reaches: with more labels than entries the last queries are not in it.
 */
export function sampleAround(labelled: Int32Array, o: Omit<SampleOptions, "queries">): QuerySample {
  const most = wholeBatches(o);
  const queries = shuffled(labelled, o.seed).slice(0, most);
  const chosen = new Set(queries);
  const others = permutation(o.length, random(o.seed, 1)).filter((place) => !chosen.has(place));
  return { queries, queue: Int32Array.from([...queries, ...others]).slice(0, Math.min(most, o.queueSize)) };
}

export function shuffled(places: Int32Array, seed: number): Int32Array {
  return permutation(places.length, random(seed)).map((i) => places[i]!);
}

/** Keys are made a whole batch at a time, so no more images than whole batches hold can take part. */
function wholeBatches({ length, batchSize }: Pick<SampleOptions, "length" | "batchSize">): number {
  if (length >= batchSize && length >= 2) return Math.floor(length / batchSize) * batchSize;
  return fail("data", {
    where: "diagnose",
    expected: `at least one batch of ${batchSize} training images`,
    found: `${length} images`,
    fix: "give the images that the run was trained on",
  });
}
