import { groupBy } from "../core/index.ts";
import { type EvalReport, type Recall, recallKs } from "../eval/index.ts";
import type { RowPlan } from "./cells.ts";
import type { CellResult } from "./results.ts";
import { type Summary, summarize } from "./statistics.ts";

/** Whose labels count: the fine ones, the fine ones among images of the query's coarse class, or the coarse ones. */
export type RecallKind = "fine" | "within" | "coarse";
export const recallKinds: readonly RecallKind[] = ["fine", "within", "coarse"];

/** A line of the table: what the finished seeds of one method and setting gave. Recall in fractions of 1. */
export interface CompareRow extends RowPlan {
  /** Seeds that finished, of how many. */
  readonly n: number;
  readonly seeds: number;
  readonly recall: Readonly<Record<RecallKind, Readonly<Record<string, Summary | undefined>>>>;
  /** Recall@1 of each finished seed. */
  readonly bySeed: Readonly<Record<string, Readonly<Record<RecallKind, number | undefined>>>>;
  /** Wall clock of the steps alone; undefined for frozen encoders and where nobody timed them. */
  readonly trainSeconds: Summary | undefined;
  readonly imagesPerSecond: Summary | undefined;
  /** Why seeds failed or were skipped, each with its seed. */
  readonly problems: readonly string[];
}

/** Joins the cells of each row over their seeds, in the order of the grid; references come last. */
export function compareRows(results: readonly CellResult[]): CompareRow[] {
  const rows = [...groupBy(results, ({ cell }) => cell.slug).values()].map(compareRow);
  return [...rows.filter(({ reference }) => !reference), ...rows.filter(({ reference }) => reference)];
}

function compareRow(results: readonly CellResult[]): CompareRow {
  const { name, base, slug, kind, encoder, reference, varied, beside } = results[0]!.cell;
  const finished = results.filter(({ report }) => report !== undefined);
  const recallOf = (key: RecallKind) =>
    Object.fromEntries(recallKs.map((k) => [k, summarize(finished.map(({ report }) => at(report?.[key], k)))]));
  const timings = encoder === "trained" ? finished.map(({ state }) => state?.timing) : [];
  return {
    ...{ name, base, slug, kind, encoder, reference, varied },
    ...(beside && { beside }),
    n: finished.length,
    seeds: results.length,
    bySeed: Object.fromEntries(finished.map(({ cell, report }) => [cell.seed, firstOf(report)])),
    recall: { fine: recallOf("fine"), within: recallOf("within"), coarse: recallOf("coarse") },
    trainSeconds: summarize(timings.map((timing) => timing?.seconds)),
    imagesPerSecond: summarize(
      timings.map((timing) => (timing && timing.imageSeconds > 0 ? timing.images / timing.imageSeconds : undefined)),
    ),
    problems: results.flatMap(({ cell, state }) =>
      state?.message === undefined ? [] : [`seed ${cell.seed} ${state.status}: ${state.message}`],
    ),
  };
}

/** The K that any row has figures of. */
export const ksOfRows = (kind: RecallKind, rows: readonly CompareRow[]): number[] =>
  recallKs.filter((k) => rows.some(({ recall }) => recall[kind][String(k)] !== undefined));

const firstOf = (report: EvalReport | undefined): Record<RecallKind, number | undefined> => ({
  fine: at(report?.fine, 1),
  within: at(report?.within, 1),
  coarse: at(report?.coarse, 1),
});

const at = (recall: Recall | undefined, k: number): number | undefined => recall?.[String(k)];
