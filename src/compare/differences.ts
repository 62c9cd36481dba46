import { type BesideEncoder, besideEncoders } from "./matters.ts";
import type { CompareRow, RecallKind } from "./rows.ts";

/** One row less another: means over the seeds that both finished. In fractions of 1. */
export interface Difference {
  readonly row: CompareRow;
  /** Pairs of the same seed. */
  readonly n: number;
  readonly mean: number;
  /** Of the mean, 95%, from the spread over the seeds; undefined for one pair. */
  readonly interval: readonly [number, number] | undefined;
}

/** Rows less the leading one of the fair comparison, at Recall@1. */
export interface Differences {
  readonly leader: CompareRow;
  readonly others: readonly Difference[];
}

/** The leading row by its mean Recall@1 and the others less it; undefined where fewer than two rows have a figure. */
export function differencesOf(kind: RecallKind, rows: readonly CompareRow[]): Differences | undefined {
  const figured = rows.filter(({ bySeed }) => Object.values(bySeed).some((recall) => recall[kind] !== undefined));
  const meanOf = ({ recall }: CompareRow) => recall[kind]["1"]?.mean ?? 0;
  const [leader] = figured.filter(({ reference }) => !reference).sort((a, b) => meanOf(b) - meanOf(a));
  const others = figured.filter((row) => row !== leader);
  if (!leader || others.length === 0) return undefined;
  return { leader, others: others.flatMap((row) => differenceOf(kind, row, leader)) };
}

/** What training added to a row at Recall@1: the row less each of those that it is compared with. */
export interface Gains {
  readonly row: CompareRow;
  readonly over: { readonly [Name in BesideEncoder]?: Difference };
}

/** The gains of the rows behind a model from a file, as far as both sides have a figure. */
export function gainsOf(kind: RecallKind, rows: readonly CompareRow[]): Gains[] {
  const bySlug = new Map(rows.map((row) => [row.slug, row]));
  return rows.flatMap((row) => {
    const over = besideEncoders.flatMap((name) => {
      const other = bySlug.get(row.beside?.[name] ?? "");
      return other ? differenceOf(kind, row, other).map((difference) => [name, difference] as const) : [];
    });
    return over.length > 0 ? [{ row, over: Object.fromEntries(over) }] : [];
  });
}

function differenceOf(kind: RecallKind, row: CompareRow, other: CompareRow): Difference[] {
  const pairs = Object.entries(row.bySeed).flatMap(([seed, recall]) => {
    const [own, others] = [recall[kind], other.bySeed[seed]?.[kind]];
    return own === undefined || others === undefined ? [] : [own - others];
  });
  const n = pairs.length;
  if (n === 0) return [];
  const mean = pairs.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return [{ row, n, mean, interval: undefined }];
  const variance = pairs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = quantileOf(n - 1) * Math.sqrt(variance / n);
  return [{ row, n, mean, interval: [mean - half, mean + half] }];
}

/** 97.5% quantiles of Student's t with 1, 2, ... degrees of freedom. */
const quantiles = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** Beyond the table the last one, which is a little too large. */
const quantileOf = (freedom: number): number => quantiles[Math.min(freedom, quantiles.length) - 1]!;
