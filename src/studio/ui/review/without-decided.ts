import type { ReviewAnswer, StudioAction } from "../../protocol.ts";

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
  return {
    ...review,
    groups: review.groups
      .map((entry) => ({ ...entry, ids: entry.ids.filter((id) => !isLabelled(id)) }))
      .filter(({ ids }) => ids.length > 0),
    copies: review.copies.filter(({ ids }) => !ids.some(isDropped) && !kept.has(ids.join())),
    labels: review.labels.filter(({ id }) => !isLabelled(id)),
    outliers: review.outliers.filter(({ id }) => !isUsual(id)),
  };
}
