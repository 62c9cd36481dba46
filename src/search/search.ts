import { type Collection, positionOf, type VectorKind } from "../collection/index.ts";
import { fail } from "../core/index.ts";
import { normalizeRows } from "../eval/index.ts";
import { type DotProducts, openDotProducts } from "./dot-products.ts";
import { mostSimilar, type SimilarRows } from "./most-similar.ts";
import { openQueryEncoder, type QueryEncoder } from "./query-encoder.ts";
import { rowsWhere, type Where } from "./where.ts";

/** What to look for: images like one of the collection, like another picture, or near a vector. */
export type SearchQuery =
  | { readonly id: number }
  | { readonly image: string }
  /** The bytes of an image file. */
  | { readonly picture: Uint8Array }
  /** [dim] of the encoder, of any length but 0. */
  | { readonly vector: Float32Array };

/** How a search compares, and what it may find. */
export interface SearchOptions {
  /** Whose vectors are compared: the trained encoder's by default. */
  readonly by?: VectorKind | undefined;
  /** 20 by default. */
  readonly count?: number | undefined;
  /** Which images may be found; all live ones by default. */
  readonly where?: Where | undefined;
}

/** An image that was found. */
export interface SearchResult {
  readonly id: number;
  /** Its place in the rows of the collection. */
  readonly position: number;
  /** Cosine similarity. */
  readonly score: number;
}

/** Searches one collection, as it was opened; edits to its rows count at once. */
export interface CollectionSearch {
  /**
   * The images most similar to the query, the best first, equal ones by rising id: exactly those that a float64 loop finds.
   * The query's own image and rows that are not live are left out.
   * @throws MaskconError "usage" where the id, a column or a class is not known, or the vector has another size, "image"
   * where the picture cannot be read, "data" where the collection is damaged
   */
  find(query: SearchQuery, options?: SearchOptions): Promise<SearchResult[]>;
  /** Waits for the searches that run, and frees the memory of sessions. */
  close(): Promise<void>;
}

const COUNT = 20;

/**
 * Prepares searches in a collection. Vectors are read, and encoders opened, when the first query needs them.
 * @param options `threads` of ONNX Runtime; all cores by default
 */
export function openSearch(collection: Collection, { threads }: { threads?: number } = {}): CollectionSearch {
  const { rows, record } = collection;
  const products = new Map<number, Promise<DotProducts>>();
  const encoders = new Map<VectorKind, Promise<QueryEncoder>>();
  let last: Promise<unknown> = Promise.resolve();

  async function vectorOf(query: SearchQuery, by: VectorKind, vectors: Float32Array): Promise<Float32Array> {
    const dim = record.encoder[by];
    if ("id" in query) {
      const position = positionOf(rows.ids, query.id);
      if (position < 0) {
        const expected = `an id from ${rows.ids[0] ?? 1} to ${rows.ids.at(-1) ?? 1}`;
        fail("usage", { where: "id", expected, found: String(query.id) });
      }
      return vectors.subarray(position * dim, (position + 1) * dim);
    }
    if ("vector" in query) return unit(query.vector, dim, by);
    const encoder = await once(encoders, by, () => openQueryEncoder(collection, by));
    return unit(await encoder.embed("image" in query ? query.image : query.picture), dim, by);
  }

  async function find(
    query: SearchQuery,
    { by = "trained", count = COUNT, where }: SearchOptions,
  ): Promise<SearchResult[]> {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      fail("usage", { where: "count", expected: "a whole number of at least 1", found: String(count) });
    }
    const allowed = rowsWhere(rows, where);
    if ("id" in query) {
      const own = positionOf(rows.ids, query.id);
      if (own >= 0) allowed[own] = 0;
    }
    const dim = record.encoder[by];
    const vectors = await collection.vectors(by);
    const vector = await vectorOf(query, by, vectors);
    const found = await mostSimilar({
      ...{ vectors, dim, query: vector, allowed, count },
      products: await once(products, dim, () => openDotProducts(dim, threads)),
    });
    return resultsOf(found, rows.ids);
  }

  return {
    // One after the other: products share their memory.
    find(query, options = {}) {
      const next = last.then(() => find(query, options));
      last = next.catch(() => undefined);
      return next;
    },
    async close() {
      await last;
      for (const opened of [...products.values(), ...encoders.values()]) await (await opened).close();
    },
  };
}

/** Opened once; where that fails, tried again the next time. */
function once<K, T>(known: Map<K, Promise<T>>, key: K, open: () => Promise<T>): Promise<T> {
  const before = known.get(key);
  if (before) return before;
  const opened = open();
  known.set(key, opened);
  opened.catch(() => known.delete(key));
  return opened;
}

/** A vector divided by its length. */
function unit(vector: Float32Array, dim: number, by: VectorKind): Float32Array {
  if (vector.length !== dim) {
    const expected = `${dim} values, as the ${by} encoder gives`;
    fail("usage", { where: "vector", expected, found: String(vector.length) });
  }
  if (!vector.every(Number.isFinite) || vector.every((value) => value === 0)) {
    fail("usage", { where: "vector", expected: "finite values that are not all 0", found: "others" });
  }
  return normalizeRows(vector, dim);
}

const resultsOf = ({ positions, scores }: SimilarRows, ids: Int32Array): SearchResult[] =>
  [...positions].map((position, place) => ({ id: ids[position]!, position, score: scores[place]! }));
