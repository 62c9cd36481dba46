import { fail } from "../core/index.ts";
import {
  type ClassLabels,
  checkedRows,
  checkLength,
  checkMemoryLimit,
  checkWholeNumber,
  classNumbers,
  countRows,
} from "./arguments.ts";
import { counter, type Effort } from "./effort.ts";
import { groupsOf } from "./groups.ts";
import { forEachNearest, LIST_MEMORY } from "./nearest.ts";
import { rowScales } from "./normalize.ts";
import { createSimilarity } from "./similarity.ts";

/** Neighbours of one result: 16 GB of them. */
const MOST_ENTRIES = 2 ** 31;

/** Whose neighbours `nearestNeighbours` finds, among which rows. */
export interface NeighbourOptions extends Effort {
  /** [n, dim], any length of rows. */
  readonly features: Float32Array;
  /** Width of a row. */
  readonly dim: number;
  /** How many neighbours of each query; at most all other rows are found. */
  readonly count: number;
  /** Rows whose neighbours are looked for; default: every row. */
  readonly queries?: ArrayLike<number>;
  /** [n]. Only rows with the same entry are neighbours, for example those of one coarse class. */
  readonly within?: ClassLabels;
  /** Bytes for lists of neighbours, 512 MB by default; never changes the result. */
  readonly memory?: number;
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
}

/** Neighbours of each query, the nearest first. */
export interface NearestNeighbours {
  /** Neighbours that each query has room for. */
  readonly count: number;
  /** [queries, count], rows of the features; -1 where a query's group has no more. */
  readonly rows: Int32Array;
  /** [queries, count], cosine similarities, as float32 products round them; 0 where there is no row. */
  readonly similarities: Float32Array;
}

/**
 * The rows most similar to each query by cosine, the query itself left out. Exact; equal similarities, such as those of
 * duplicates, rank by lower row. A row of zeros has similarity 0 to every other.
 * @throws MaskconError "shape" where sizes disagree or a list is of another type, "config" where a number is out of its
 * range, "data" where a feature is not finite or an entry of `within` is no class
 */
export async function nearestNeighbours(o: NeighbourOptions): Promise<NearestNeighbours> {
  const { features, dim, memory = LIST_MEMORY } = o;
  const n = countRows(features, dim);
  checkWholeNumber("count", o.count);
  checkMemoryLimit(memory);
  const count = Math.min(o.count, Math.max(0, n - 1));
  const within = o.within === undefined ? new Int32Array(n) : classNumbers(o.within, "within");
  checkLength(within, n, "within");
  const queries = o.queries === undefined ? Int32Array.from(within.keys()) : checkedRows(o.queries, n, "queries");
  if (queries.length * count > MOST_ENTRIES) {
    const expected = `at most ${Math.floor(MOST_ENTRIES / queries.length)} for ${queries.length} queries`;
    fail("config", { where: "count", expected, found: `${count}`, fix: "ask for fewer queries at a time" });
  }
  const searches = searchesOf(queries, within);
  const rows = new Int32Array(queries.length * count).fill(-1);
  const similarities = new Float32Array(queries.length * count);
  const pairs = searches.reduce((sum, { members, places }) => sum + members.length * places.length, 0);
  const similarity = await createSimilarity(dim, o.threads);
  try {
    const scales = rowScales(features, dim);
    const search = { similarity, features, scales, dim, memory, counter: counter(o, "neighbours", pairs) };
    for (const { members, places, positions } of searches) {
      const depths = new Int32Array(places.length).fill(Math.min(count, members.length - 1));
      await forEachNearest({ ...search, members, queries: positions, depths }, (found, i) => {
        const at = places[i]! * count;
        for (let place = 0; place < found.count; place++) {
          rows[at + place] = members[found.entries[place]!]!;
          similarities[at + place] = found.similarity(place);
        }
      });
    }
  } finally {
    await similarity.close();
  }
  return { count, rows, similarities };
}

/** A gallery and its queries. */
interface Search {
  /** Rows of the gallery, ascending. */
  readonly members: Int32Array;
  /** Places of its queries among all queries, and their positions in `members`. */
  readonly places: Int32Array;
  readonly positions: Int32Array;
}

/** One search for each group that holds a query and anything to find. */
function searchesOf(queries: Int32Array, groupOf: Int32Array): Search[] {
  const galleries = groupsOf(groupOf);
  const galleryOf = new Int32Array(groupOf.length);
  const positionOf = new Int32Array(groupOf.length);
  galleries.forEach((members, gallery) => {
    members.forEach((row, position) => {
      galleryOf[row] = gallery;
      positionOf[row] = position;
    });
  });
  return groupsOf(queries.map((query) => galleryOf[query]!)).flatMap((places) => {
    const members = galleries[galleryOf[queries[places[0]!]!]!]!;
    return members.length > 1 ? [{ members, places, positions: places.map((i) => positionOf[queries[i]!]!) }] : [];
  });
}
