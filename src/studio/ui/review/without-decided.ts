import type { CopyEntry, ReviewAnswer, StudioAction } from "../../protocol.ts";

/** What a review found. */
export type ReadyReview = Extract<ReviewAnswer, { state: "ready" }>;

/** The lists without what these actions decide, as the server makes them once they are taken. */
export function withoutDecided(review: ReadyReview, actions: readonly StudioAction[]): ReadyReview {
  const idsOf = (name: string, kind?: string) =>
    actions.filter((own) => own.action === name && own.kind === kind).map(({ ids }) => ids as readonly number[]);
  const dropped = idsOf("drop").flat();
  const isGone = (...more: readonly number[]) => {
    const ids = new Set([...dropped, ...more]);
    return (id: number) => ids.has(id);
  };
  const isDropped = isGone();
  const isLabelled = isGone(...idsOf("relabel").flat(), ...idsOf("keep", "label").flat());
  const isUsual = isGone(...idsOf("keep", "outlier").flat());
  const kept = new Set(idsOf("keep", "copies").map((ids) => ids.join()));
  const groups = review.groups
    .map((entry) => ({ ...entry, ids: entry.ids.filter((id) => !isLabelled(id)) }))
    .filter(({ ids }) => ids.length > 0);
  const isDecided = ({ ids }: CopyEntry) => ids.some(isDropped) || kept.has(ids.join());
  const gone = review.copies.filter(isDecided);
  const { totals, sameFiles } = review;
  return {
    ...review,
    groups,
    copies: review.copies.filter((pair) => !isDecided(pair)),
    totals: {
      groups: totals.groups - (review.groups.length - groups.length),
      copies: totals.copies - gone.length,
      copiesAcrossSplits: totals.copiesAcrossSplits - gone.filter(({ acrossSplits }) => acrossSplits).length,
    },
    sameFiles: {
      pairs: sameFiles.pairs - gone.filter(({ sameBytes }) => sameBytes).length,
      drop: sameFiles.drop.filter((id) => !isDropped(id)),
    },
    labels: review.labels.filter(({ id }) => !isLabelled(id)),
    outliers: review.outliers.filter(({ id }) => !isUsual(id)),
  };
}
