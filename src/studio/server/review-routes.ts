import type { Context } from "hono";
import { z } from "zod";
import { positionOf, type VectorKind } from "../../collection/index.ts";
import { messageOf } from "../../core/index.ts";
import { checkedValues, type ServerApp } from "../../http/index.ts";
import { type CollectionReview, reviewCollection } from "../../review/index.ts";
import type { ReviewAnswer } from "../protocol.ts";
import type { StudioContext } from "./context.ts";

/** Entries of each list, at most. */
const MOST = 1000;

interface Reviewing {
  /** Of the collection when it began. */
  readonly version: number;
  readonly result: Promise<CollectionReview>;
  answer: ReviewAnswer;
}

const query = z.strictObject({ by: z.enum(["trained", "frozen"]), again: z.enum(["yes", "no"]).default("no") });

/** What to look at. A review takes a while: the page asks until it is there. Returns a function that stops those that run. */
export function reviewRoutes(app: ServerApp, context: StudioContext): () => Promise<void> {
  const reviews = new Map<VectorKind, Reviewing>();
  const stop = new AbortController();
  app.get("/api/review", async (c: Context) => {
    const { by, again } = checkedValues(query, c.req.query(), "by and again");
    const before = reviews.get(by);
    const isOld = before?.answer.state === "ready" && before.version !== context.version();
    const mayAgain = again === "yes" && (isOld || before?.answer.state === "failed");
    if (before && !mayAgain) return c.json(shown(context, before));
    const now = begin(context, by, stop.signal);
    reviews.set(by, now);
    return c.json(now.answer);
  });
  return async () => {
    stop.abort();
    await Promise.allSettled([...reviews.values()].map(({ result }) => result));
  };
}

function begin({ editor, version }: StudioContext, by: VectorKind, signal: AbortSignal): Reviewing {
  const started = version();
  const reviewing: Reviewing = {
    version: started,
    answer: { state: "working", done: 0, total: 1 },
    result: reviewCollection(editor.collection, {
      ...{ by, signal, all: true },
      progress: ({ done, total }) => {
        reviewing.answer = { state: "working", done, total };
      },
    }),
  };
  reviewing.result.then(
    (review) => {
      const { wrongLabels, unusual } = review;
      reviewing.answer = { state: "ready", isOld: false, ...{ wrongLabels, unusual }, ...listsOf(review) };
    },
    (error) => {
      reviewing.answer = { state: "failed", error: messageOf(error) };
    },
  );
  return reviewing;
}

function listsOf({ groups, copies, labels, outliers }: CollectionReview) {
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

/** The entries on which nobody has decided since. */
function shown({ editor, version }: StudioContext, { answer, version: of }: Reviewing): ReviewAnswer {
  if (answer.state !== "ready") return answer;
  const { rows } = editor.collection;
  const at = (id: number) => positionOf(rows.ids, id);
  const isLive = (id: number) => rows.status[at(id)] === 0;
  /** The label is as the review found it. */
  const isOpen = (id: number, coarse: string) =>
    isLive(id) && rows.coarse.names[rows.coarse.numbers[at(id)]!] === coarse && !rows.kept.label(at(id));
  return {
    ...{ ...answer, isOld: of !== version() },
    groups: answer.groups
      .map((entry) => ({ ...entry, ids: entry.ids.filter((id) => isOpen(id, entry.coarse)) }))
      .filter(({ ids }) => ids.length > 0)
      .slice(0, MOST),
    copies: answer.copies
      .filter(({ ids }) => ids.every(isLive) && !rows.kept.copies(at(ids[0]), at(ids[1])))
      .slice(0, MOST),
    labels: answer.labels.filter(({ id, coarse }) => isOpen(id, coarse)).slice(0, MOST),
    outliers: answer.outliers.filter(({ id }) => isLive(id) && !rows.kept.outlier(at(id))).slice(0, MOST),
  };
}
