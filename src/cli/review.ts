import { openCollection } from "../collection/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { counted, printable } from "../core/index.ts";
import { checkPlace } from "../export/index.ts";
import { type CollectionReview, type ReviewProgress, reviewCollection, reviewPage } from "../review/index.ts";
import { toCount } from "./config-options.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { kindOf } from "./vector-kind.ts";

export interface ReviewFlags {
  readonly by: string;
  readonly top: string;
  readonly html?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

export async function reviewCommand(folder: string, flags: ReviewFlags, terminal: Terminal): Promise<void> {
  const [by, top] = [kindOf(flags.by), toCount("--top", flags.top)];
  if (flags.html !== undefined) await checkPlace(flags.html, "report");
  const collection = await openCollection(folder);
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; nothing was written\n`);
  await interruptibly(onFirst, async (signal) => {
    const shownProgress = showEvalProgress(terminal);
    const progress = (now: ReviewProgress) => shownProgress.show("review", now);
    const review = await reviewCollection(collection, { by, all: flags.all, signal, progress });
    shownProgress.clear();
    if (flags.html !== undefined) {
      await writeTextAtomically(flags.html, await reviewPage({ collection, by, review, top }));
      terminal.err(`wrote ${flags.html}\n`);
    }
    const shown = { ...review, ...cut(review, top) };
    terminal.out(flags.json ? `${JSON.stringify({ by, ...shown })}\n` : text(review, top));
  });
}

const cut = ({ groups, copies, labels, outliers }: CollectionReview, top: number) => ({
  groups: groups.slice(0, top),
  ...{ copies: copies.slice(0, top), labels: labels.slice(0, top), outliers: outliers.slice(0, top) },
});

function text(review: CollectionReview, top: number): string {
  const { groups, copies, labels, outliers } = cut(review, top);
  const across = review.copies.filter((copy) => copy.acrossSplits).length;
  return [
    `groups that look like another class: ${review.groups.length}`,
    ...groups.map(
      ({ group, ids, coarse, suggested, share, ownShare, doubt, kept }) =>
        `  group ${group}, ${counted(ids.length, "image")}  ${printable(coarse)}, or ${printable(suggested)}?  around it ${Math.round(100 * ownShare)}% and ${Math.round(100 * share)}%  ${doubt.toFixed(2)}${mark(kept)}`,
    ),
    `copies: ${counted(review.copies.length, "pair")}, ${across} of them across splits`,
    ...copies.map(
      ({ ids, acrossSplits, sameBytes, agreement, keep, kept }) =>
        `  ${ids.join(" and ")}  ${sameBytes ? "same file" : agreement.toFixed(3)}${acrossSplits ? "  across splits" : ""}  keep ${keep}${mark(kept)}`,
    ),
    `suspect labels: up to about ${review.wrongLabels} may be wrong`,
    ...labels.map(
      ({ id, coarse, suggested, doubt, kept }) =>
        `  ${id}  ${printable(coarse)}, or ${printable(suggested)}?  ${doubt.toFixed(2)}${mark(kept)}`,
    ),
    `outliers: ${review.unusual} far outside of the rest`,
    ...outliers.map(({ id, score, kept }) => `  ${id}  ${score.toFixed(2)}${mark(kept)}`),
    ...cutLine(review, top),
    ...keptLine(review.kept),
    "",
  ].join("\n");
}

const cutLine = ({ groups, copies, labels, outliers }: CollectionReview, top: number): string[] =>
  [groups, copies, labels, outliers].some(({ length }) => length > top)
    ? [`shown are the first ${top} of each list: --top N takes more`]
    : [];

const mark = (kept: boolean): string => (kept ? "  kept" : "");

function keptLine({ groups, copies, labels, outliers }: CollectionReview["kept"]): string[] {
  return groups + copies + labels + outliers === 0
    ? []
    : [
        `kept after a look: ${counted(groups, "group")}, ${counted(copies, "pair")} of copies, ${counted(labels, "label")}, ${counted(outliers, "outlier")}`,
      ];
}
