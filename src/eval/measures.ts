import { type Judged, judgedIntervals } from "./agreement-intervals.ts";
import { type BootstrapOptions, bootstrapMeans, type Interval } from "./bootstrap.ts";
import type { Agreement } from "./clustering-agreement.ts";
import type { Counter } from "./effort.ts";
import { type QueryTable, queryTable } from "./query-table.ts";

/** One value of each retrieval measure; K as a string is the key of recall and precision. */
export interface RetrievalMeasures<T> {
  readonly recall: Readonly<Record<string, T>>;
  readonly precision: Readonly<Record<string, T>>;
  readonly mapAtR: T;
  readonly knn: T;
}

/** What the images score on one question: means over all of them as queries, fractions of 1. */
export interface Measures extends RetrievalMeasures<number>, Partial<Agreement> {
  readonly images: number;
  /** Images without another of their label among their neighbours: they score 0 in every mean. */
  readonly alone: number;
  /** 95% bootstrap intervals of the means, and of NMI and ARI where these are known. */
  readonly intervals?: RetrievalMeasures<Interval> & Partial<Record<keyof Agreement, Interval>>;
}

export function measuresOf(table: QueryTable): Measures {
  const { width, values, matches } = table;
  const n = matches.length;
  const sums = new Float64Array(width);
  values.forEach((value, i) => {
    sums[i % width]! += value;
  });
  const alone = matches.reduce((sum, count) => sum + Number(count === 0), 0);
  return { images: n, ...named(table.ks, (column) => (n === 0 ? 0 : sums[column]! / n)), alone };
}

/** The measures with their intervals, by bootstrap over the queries. */
export async function measuresWithIntervals(
  table: QueryTable,
  options: BootstrapOptions,
  counter?: Counter,
): Promise<Measures> {
  const intervals = await bootstrapMeans(table.values, table.width, options, counter);
  const measures = measuresOf(table);
  return intervals ? { ...measures, intervals: named(table.ks, (column) => intervals[column]!) } : measures;
}

/** The measures with what a clustering scored, where there is one. */
export function withAgreement(measures: Measures, judged: Judged | undefined, options: BootstrapOptions): Measures {
  if (!judged) return measures;
  const { nmi, ari } = judged;
  if (!measures.intervals) return { ...measures, nmi, ari };
  return { ...measures, nmi, ari, intervals: { ...measures.intervals, ...judgedIntervals(judged, options) } };
}

/** The columns of a table by name. */
function named<T>(ks: readonly number[], value: (column: number) => T): RetrievalMeasures<T> {
  const byK = (first: number) => Object.fromEntries(ks.map((k, i) => [`${k}`, value(first + i)]));
  return { recall: byK(0), precision: byK(ks.length), mapAtR: value(2 * ks.length), knn: value(2 * ks.length + 1) };
}

/** The rows of some queries, and of them the first K. */
export function selectQueries(table: QueryTable, queries: Int32Array, ks: readonly number[]): QueryTable {
  const [all, count] = [table.ks.length, ks.length];
  const selected = queryTable(queries.length, ks);
  queries.forEach((query, i) => {
    const row = table.values.subarray(query * table.width, (query + 1) * table.width);
    const parts = [row.subarray(0, count), row.subarray(all, all + count), row.subarray(2 * all)];
    selected.values.set(
      parts.flatMap((part) => [...part]),
      i * selected.width,
    );
    selected.matches[i] = table.matches[query]!;
  });
  return selected;
}

/** What each query gains from one table to the other: the same queries against the same labels. */
export const gainOver = (base: QueryTable, table: QueryTable): QueryTable => ({
  ...table,
  values: table.values.map((value, i) => value - base.values[i]!),
});
