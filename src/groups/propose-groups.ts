import { gatherRows, groupBy, type StopSignal } from "../core/index.ts";
import {
  type ClassLabels,
  checkLength,
  checkWholeNumber,
  classNumbers,
  countRows,
  normalizeManyRows,
  rowScales,
} from "../eval/index.ts";
import type { ClassGroups } from "./class-groups.ts";
import { groupClasses } from "./class-threads.ts";
import { distinctRows } from "./distinct-rows.ts";
import { whitenRows } from "./whiten.ts";

/** What `proposeGroups` looks at. */
export interface GroupOptions {
  /** [n, dim], of any length. */
  readonly features: Float32Array;
  /** Width of a row of features. */
  readonly dim: number;
  /** [n] names or numbers from 0 on; default: all images are one class. */
  readonly coarse?: ClassLabels;
  /** A whole number; 0 by default. */
  readonly seed?: number;
  /** Whether features are whitened by all images first, as the features of a pretrained model need; true by default. */
  readonly whiten?: boolean;
  /** Threads that group classes, one class each; all cores by default, but no more than 8. */
  readonly threads?: number | undefined;
  /** Aborts by throwing its reason, within a second or so. */
  readonly signal?: StopSignal;
  /** Called after every class. */
  readonly progress?: (event: { readonly done: number; readonly total: number }) => void;
}

/** The groups inside one coarse class, with its label. */
export interface CoarseGroups extends ClassGroups {
  /** The coarse label as it was given; undefined without labels. */
  readonly coarse: number | bigint | string | undefined;
}

/**
 * Proposes groups inside each coarse class, or says that a class is one group. Classes come in the order of their first
 * image. The same seed gives the same bytes, on any number of cores. The order of the images does not matter, but for rounding
 * where features are whitened; of more than 16,384 images a sample whitens, which depends on it.
 *
 * Images are joined with their nearest by cosine. The leading eigenvalues of that graph are compared with those of one
 * Gaussian of equal covariance. Where they are clearly larger, the images are laid out on five axes (UMAP) and clustered, into
 * at most one group more than there are such eigenvalues (docs/groups.md).
 * @throws MaskconError "shape" where sizes disagree, "data" where a feature is not finite or a label is no class, "config"
 * where the seed is no whole number
 */
export async function proposeGroups(o: GroupOptions): Promise<CoarseGroups[]> {
  const { features, dim, seed = 0, whiten = true } = o;
  const numbers = checkedClasses(o);
  if (numbers.length === 0) return [];
  const classes = groupBy(numbers.keys(), (row) => numbers[row]!);
  const { rows, dim: width } = whiten
    ? await whitenRows(features, dim, o.signal)
    : { rows: await normalizeManyRows(features, dim), dim };
  const jobs = Array.from(classes.values(), (places) => () => {
    const members = Int32Array.from(places);
    const distinct = distinctRows(features, dim, members);
    return { rows: gatherRows(rows, width, distinct.rows), dim: width, members, distinct, seed };
  });
  let done = 0;
  const found = await groupClasses(jobs, {
    ...{ images: numbers.length, threads: o.threads, signal: o.signal },
    done: () => o.progress?.({ done: ++done, total: jobs.length }),
  });
  return found.map((own) => ({ coarse: o.coarse?.[own.members[0]!], ...own }));
}

/** [n] class numbers; all 0 without labels. */
function checkedClasses({ features, dim, coarse, seed = 0 }: GroupOptions): Int32Array {
  const n = countRows(features, dim);
  checkWholeNumber("seed", seed, Number.MIN_SAFE_INTEGER);
  const numbers = coarse === undefined ? new Int32Array(n) : classNumbers(coarse, "coarse");
  checkLength(numbers, n, "coarse");
  // Refuses what is not finite.
  rowScales(features, dim);
  return numbers;
}
