import { type Collection, hashOf, liveVectors, type VectorKind } from "../collection/index.ts";
import type { StopSignal } from "../core/index.ts";
import { checkLength, type EvalProgress, nearestNeighbours } from "../eval/index.ts";
import { whitenRows } from "../groups/index.ts";
import { duplicates } from "./duplicates.ts";
import { greyPictures } from "./grey-pictures.ts";
import { COPIES_BEFORE, VOTERS } from "./label-votes.ts";
import { outliers } from "./outliers.ts";
import { suspectLabels } from "./suspect-labels.ts";
import { type WrongGroup, wrongGroups } from "./wrong-groups.ts";

/** How far a review is. */
export interface ReviewProgress {
  /**
   * `neighbours` counts pairs of images, `copies` those of them whose pixels are compared, `groups` images that are asked for
   * their neighbours outside of their group.
   */
  readonly phase: EvalProgress["phase"] | "copies" | "groups";
  readonly done: number;
  readonly total: number;
}

/** What `reviewCollection` judges by, and what it lists. */
export interface ReviewOptions {
  /** Whose vectors judge. The frozen encoder's by default: a trained one has partly learned wrong labels. */
  readonly by?: VectorKind | undefined;
  /** [rows], the group of each row, from 1 on; 0 for a row in none. Default: those of the collection. */
  readonly groups?: Int32Array | undefined;
  /** Whether the lists have what somebody kept (`keep` in the journal), too. */
  readonly all?: boolean | undefined;
  /** Threads of matrix products; all cores by default. */
  readonly threads?: number | undefined;
  /** Aborts by throwing its reason, between two matrix products. */
  readonly signal?: StopSignal | undefined;
  /** Called as neighbours are searched, pairs compared that may be copies, and groups asked. */
  readonly progress?: ((progress: ReviewProgress) => void) | undefined;
}

/** Two images that show the same. */
export interface ReviewedCopy {
  readonly ids: readonly [number, number];
  readonly sameBytes: boolean;
  /** Of their pixels, up to 1. */
  readonly agreement: number;
  /** One is a training image and the other a test image: figures of such a test are too good. */
  readonly acrossSplits: boolean;
  /** The one to keep: of more pixels, then of more bytes, then the earlier. */
  readonly keep: number;
  /** Somebody looked and let it stand; never true unless `all` is asked for. */
  readonly kept: boolean;
}

/** An image whose neighbours have another coarse label. */
export interface ReviewedLabel {
  readonly id: number;
  readonly coarse: string;
  readonly suggested: string;
  /** From -1.8 to 1.8; above 0 more neighbours contradict the label than have it. */
  readonly doubt: number;
  /** Somebody looked and let it stand; never true unless `all` is asked for. */
  readonly kept: boolean;
}

/** An image that lies apart from the others. */
export interface ReviewedOutlier {
  readonly id: number;
  /** About 1 where nothing is unusual. */
  readonly score: number;
  /** Somebody looked and let it stand; never true unless `all` is asked for. */
  readonly kept: boolean;
}

/** A group of images that looks like another coarse class as a whole: one decision for all of them. */
export interface ReviewedGroup {
  readonly group: number;
  /** Its images of this label; where somebody kept some labels of them, the others. */
  readonly ids: readonly number[];
  readonly coarse: string;
  readonly suggested: string;
  /** Of the nearest images outside of the group the share that has the suggested label, and that which has its own. */
  readonly share: number;
  readonly ownShare: number;
  /** How much likelier the labels around it are around a group of the suggested class, as a logarithm: from 0.3 on. */
  readonly doubt: number;
  /** Somebody kept the labels of all its images; never true unless `all` is asked for. */
  readonly kept: boolean;
}

/** What to look at in a collection: rankings, never verdicts. */
export interface CollectionReview {
  /** The least likely labels first. */
  readonly groups: readonly ReviewedGroup[];
  /** Pairs across splits first, then the surest. */
  readonly copies: readonly ReviewedCopy[];
  /** The most suspect first. */
  readonly labels: readonly ReviewedLabel[];
  /** Up to about how many coarse labels are wrong of those that nobody kept: classes that overlap count, too. */
  readonly wrongLabels: number;
  /** The most unusual first. */
  readonly outliers: readonly ReviewedOutlier[];
  /** How many that nobody kept are far outside of the rest. */
  readonly unusual: number;
  /** How many entries of each list somebody kept: they are left out unless `all` is asked for. */
  readonly kept: { readonly [List in "groups" | "copies" | "labels" | "outliers"]: number };
}

/**
 * Looks for groups that look like another class, copies, suspect coarse labels and outliers among the live images of a collection.
 * @throws MaskconError "data" where the collection is damaged, "shape" where `groups` has another length
 */
export async function reviewCollection(collection: Collection, o: ReviewOptions = {}): Promise<CollectionReview> {
  const { by = "frozen", all = false, threads, signal, progress } = o;
  const { rows } = collection;
  if (o.groups) checkLength(o.groups, rows.length, "groups");
  const { rows: rowOf, features, dim } = await liveVectors(collection, by);
  const whitened = await whitenRows(features, dim, signal);
  const neighbours = await nearestNeighbours({
    ...{ features: whitened.rows, dim: whitened.dim, count: VOTERS + COPIES_BEFORE },
    ...{ threads, ...(signal && { signal }), ...(progress && { progress }) },
  });
  const digests = Array.from(rowOf, (row) => hashOf(rows, row));
  const pictures = greyPictures(collection, rowOf, signal);
  const telling = (phase: "copies" | "groups") => (done: number, total: number) => progress?.({ phase, done, total });
  const found = await duplicates({ neighbours, digests, pictures, signal, progress: telling("copies") });
  const labels = rowOf.map((row) => rows.coarse.numbers[row]!);
  const classes = rows.coarse.names.length;
  const isRight = (image: number) => rows.kept.label(rowOf[image]!);
  const suspects = await suspectLabels({ neighbours, labels, classes, copies: found.setOf, isRight });
  const alone = await outliers(neighbours, found.setOf);
  const groupOf = rowOf.map((row) => (o.groups ?? rows.groups.of)[row]! - 1);
  const asked = { features: whitened.rows, dim: whitened.dim, labels, classes, groupOf, threads, signal };
  const wrong = await wrongGroups({ ...asked, progress: telling("groups") });
  const idOf = (image: number) => rows.ids[rowOf[image]!]!;
  const lists = {
    groups: wrong.map((one) => groupOfImages(collection, one, rowOf)),
    copies: found.pairs
      .map(({ images: [a, b], ...pair }) => copyOf(collection, [rowOf[a]!, rowOf[b]!], pair))
      .sort((a, b) => Number(b.acrossSplits) - Number(a.acrossSplits)),
    labels: suspects.ranked.map(({ image, label, suggested, doubt }) => ({
      ...{ id: idOf(image), coarse: rows.coarse.names[label]!, suggested: rows.coarse.names[suggested]!, doubt },
      kept: isRight(image),
    })),
    outliers: alone.ranked.map(({ image, score }) => ({
      id: idOf(image),
      score,
      kept: rows.kept.outlier(rowOf[image]!),
    })),
  };
  const shown = <T extends { kept: boolean }>(list: readonly T[]) => (all ? list : list.filter(isOpen));
  const keptOf = (list: readonly { kept: boolean }[]) => list.length - list.filter(isOpen).length;
  return {
    groups: shown(lists.groups),
    ...{ copies: shown(lists.copies), labels: shown(lists.labels), outliers: shown(lists.outliers) },
    wrongLabels: suspects.estimated,
    unusual: lists.outliers.slice(0, alone.unusual).filter(isOpen).length,
    kept: {
      ...{ groups: keptOf(lists.groups), copies: keptOf(lists.copies) },
      ...{ labels: keptOf(lists.labels), outliers: keptOf(lists.outliers) },
    },
  };
}

const isOpen = ({ kept }: { readonly kept: boolean }): boolean => !kept;

function groupOfImages(
  { rows }: Collection,
  { group, images, label, suggested, share, ownShare, doubt }: WrongGroup,
  rowOf: Int32Array,
): ReviewedGroup {
  const members = Array.from(images, (image) => rowOf[image]!);
  const open = members.filter((row) => !rows.kept.label(row));
  return {
    ...{ group: group + 1, ids: (open.length > 0 ? open : members).map((row) => rows.ids[row]!) },
    ...{ coarse: rows.coarse.names[label]!, suggested: rows.coarse.names[suggested]! },
    ...{ share, ownShare, doubt },
    kept: open.length === 0,
  };
}

function copyOf(
  { rows }: Collection,
  [first, second]: readonly [number, number],
  pair: Pick<ReviewedCopy, "sameBytes" | "agreement">,
): ReviewedCopy {
  const size = (row: number) => rows.widths[row]! * rows.heights[row]!;
  const better = size(second) - size(first) || rows.bytes[second]! - rows.bytes[first]!;
  const [split, other] = [rows.split.numbers[first]!, rows.split.numbers[second]!];
  // An image without a split is no test image.
  const acrossSplits = split >= 0 && other >= 0 && split !== other;
  const ids = [rows.ids[first]!, rows.ids[second]!] as const;
  const kept = rows.kept.copies(first, second);
  return { ids, ...pair, acrossSplits, keep: better > 0 ? ids[1] : ids[0], kept };
}
