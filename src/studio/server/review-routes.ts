import type { Context } from "hono";
import { z } from "zod";
import { positionOf, type VectorKind } from "../../collection/index.ts";
import { messageOf } from "../../core/index.ts";
import { checkedValues, type ServerApp } from "../../http/index.ts";
import { type CollectionReview, reviewCollection } from "../../review/index.ts";
import type { LabelEntry, OutlierEntry, ReviewAnswer } from "../protocol.ts";
import type { StudioContext } from "./context.ts";
import { reviewShare } from "./review-share.ts";

/** Entries of each list, at most. */
const MOST = 1000;

interface Reviewing {
  /** Of the collection when it began. */
  readonly version: number;
  readonly result: Promise<CollectionReview>;
  progress: Exclude<ReviewAnswer, { state: "ready" }>;
  /** Once it is there: all that was found, and the entries that make up its estimates. */
  found?: FoundLists & {
    readonly wrongLabels: number;
    readonly wrong: readonly LabelEntry[];
    readonly far: readonly OutlierEntry[];
  };
}

type FoundLists = Pick<Extract<ReviewAnswer, { state: "ready" }>, "groups" | "copies" | "labels" | "outliers">;

const query = z.strictObject({ by: z.enum(["trained", "frozen"]), again: z.enum(["yes", "no"]).default("no") });

/** What to look at. A review takes a while: the page asks until it is there. Returns a function that stops those that run. */
export function reviewRoutes(app: ServerApp, context: StudioContext): () => Promise<void> {
  const reviews = new Map<VectorKind, Reviewing>();
  const stop = new AbortController();
  app.get("/api/review", async (c: Context) => {
    const { by, again } = checkedValues(query, c.req.query(), "by and again");
    const before = reviews.get(by);
    const isOld = before?.found !== undefined && before.version !== context.version();
    const mayAgain = again === "yes" && (isOld || before?.progress.state === "failed");
    if (before && !mayAgain) return c.json(shown(context, before));
    const now = begin(context, by, stop.signal);
    reviews.set(by, now);
    return c.json(now.progress);
  });
  return async () => {
    stop.abort();
    await Promise.allSettled([...reviews.values()].map(({ result }) => result));
  };
}

function begin({ editor, version }: StudioContext, by: VectorKind, signal: AbortSignal): Reviewing {
  const started = version();
  const share = reviewShare();
  const reviewing: Reviewing = {
    version: started,
    progress: { state: "working", done: 0, total: 100 },
    result: reviewCollection(editor.collection, {
      ...{ by, signal, all: true },
      progress: (now) => {
        reviewing.progress = { state: "working", done: share(now), total: 100 };
      },
    }),
  };
  reviewing.result.then(
    (review) => {
      const [wrong, far] = [firstOpen(review.labels, review.wrongLabels), firstOpen(review.outliers, review.unusual)];
      reviewing.found = { ...listsOf(review), wrong, far, wrongLabels: review.wrongLabels };
    },
    (error) => {
      reviewing.progress = { state: "failed", error: messageOf(error) };
    },
  );
  return reviewing;
}

/** Those that a count of entries that nobody had kept is about. */
const firstOpen = <T extends { readonly kept: boolean }>(ranked: readonly T[], count: number): T[] =>
  ranked.filter(({ kept }) => !kept).slice(0, count);

function listsOf({ groups, copies, labels, outliers }: CollectionReview): FoundLists {
  return {
    groups: groups.map(({ group, ids, coarse, suggested, share, ownShare }) => ({
      ...{ group, ids, coarse, suggested, share, ownShare },
    })),
    copies: copies.map(({ ids, sameBytes, agreement, acrossSplits, keep }) => ({
      ...{ ids, sameBytes, agreement, acrossSplits, keep },
    })),
    labels: labels.map(({ id, coarse, suggested, doubt }) => ({ id, coarse, suggested, doubt })),
    outliers: outliers.map(({ id, score }) => ({ id, score })),
  };
}

/** The entries on which nobody has decided since. Each decision on one of the first lowers the estimate. */
function shown({ editor, version }: StudioContext, { progress, found, version: of }: Reviewing): ReviewAnswer {
  if (!found) return progress;
  const { rows } = editor.collection;
  const at = (id: number) => positionOf(rows.ids, id);
  const isLive = (id: number) => rows.status[at(id)] === 0;
  /** The label is as the review found it. */
  const isOpen = ({ id, coarse }: { readonly id: number; readonly coarse: string }) =>
    isLive(id) && rows.coarse.names[rows.coarse.numbers[at(id)]!] === coarse && !rows.kept.label(at(id));
  const isFar = ({ id }: OutlierEntry) => isLive(id) && !rows.kept.outlier(at(id));
  const groups = found.groups
    .map((entry) => ({ ...entry, ids: entry.ids.filter((id) => isOpen({ id, coarse: entry.coarse })) }))
    .filter(({ ids }) => ids.length > 0);
  const copies = found.copies.filter(({ ids }) => ids.every(isLive) && !rows.kept.copies(at(ids[0]), at(ids[1])));
  const same = copies.filter(({ sameBytes }) => sameBytes);
  return {
    ...{ state: "ready", isOld: of !== version() },
    wrongLabels: found.wrongLabels - found.wrong.filter((entry) => !isOpen(entry)).length,
    unusual: found.far.filter(isFar).length,
    groups: groups.slice(0, MOST),
    copies: copies.slice(0, MOST),
    labels: found.labels.filter(isOpen).slice(0, MOST),
    outliers: found.outliers.filter(isFar).slice(0, MOST),
    totals: {
      ...{ groups: groups.length, copies: copies.length },
      copiesAcrossSplits: copies.filter(({ acrossSplits }) => acrossSplits).length,
    },
    sameFiles: {
      pairs: same.length,
      drop: [...new Set(same.map(({ ids: [a, b], keep }) => (a === keep ? b : a)))],
    },
  };
}
