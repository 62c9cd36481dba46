import { groupBy } from "../core/index.ts";
import type { SoftLabel } from "../methods/index.ts";
import { type QueryRow, queryRows, type Relations } from "./relations.ts";

/** A soft label's targets t beside the fine relations t*, averaged over the queries. */
export interface TargetMeasure {
  /** Mean of TV(t, t*) = half the L1 distance, in [0, 1]. */
  readonly totalVariation: number;
  /** Standard error of that mean over the queries; 0 for a single one. */
  readonly standardError: number;
  /** Mean weight of t on the own key, on queue entries of the same fine label, and on all others: they sum to 1. */
  readonly ownWeight: number;
  readonly sameFineWeight: number;
  readonly otherWeight: number;
  /** Mean entropy of t in nats, and mean of its exponential: how many entries the target spreads over. */
  readonly entropy: number;
  readonly effectiveEntries: number;
}

export interface Measured extends TargetMeasure {
  /** TV of each informative query, in the same order for every soft label of one call. */
  readonly rows: Float64Array;
}

export interface Measurement {
  /** Queries whose fine relations are known; where the queue's fine labels are, all of them. */
  readonly queries: number;
  readonly measures: readonly Measured[];
  /** t* itself, which is uniform over the own key and the same-fine entries. */
  readonly fine: Omit<TargetMeasure, "standardError">;
}

/** A row at one temperature: sums over z_j = exp((s_j - max s) / T). */
interface Softened {
  readonly z: Float64Array;
  total: number;
  /** Sum of z_j (s_j - max s) / T. */
  tilt: number;
  /** Sums of z over known entries of the same fine label and of others, each times the entries it stands for. */
  sameFine: number;
  other: number;
}

/**
 * Compares the targets of many soft labels (w, T) with the fine relations, in one pass over the queries. Targets are
 * those of `softLabels` in `methods`, in float64. Memory: O(K), and 8 bytes for each query and soft label. Where some
 * of the queue's fine labels are unknown, each known one stands for its share of the query's coarse class
 * (`QueryRow.each`). Sums over entries are then estimates, and queries about which the known entries say nothing are left
 * out.
 */
export function measureTargets(relations: Relations, labels: readonly SoftLabel[]): Measurement {
  const byTemperature = groupBy(labels.keys(), (place) => labels[place]!.softTemperature);
  const sums = labels.map(() => tally(relations.labels.coarse.length));
  const fine = tally(0);
  const softened: Softened = { z: new Float64Array(relations.queueLabels.coarse.length), ...empty };
  let queries = 0;
  for (const row of queryRows(relations)) {
    if (!row.informative) continue;
    addFine(fine, row);
    for (const [temperature, places] of byTemperature) {
      soften(row, temperature, softened);
      for (const place of places) addRow(sums[place]!, queries, row, softened, labels[place]!.softWeight);
    }
    queries++;
  }
  const { standardError: _, ...ofFine } = meansOf(fine, queries);
  return {
    queries,
    measures: sums.map((sum) => ({ ...meansOf(sum, queries), rows: sum.rows.subarray(0, queries) })),
    fine: ofFine,
  };
}

const empty = { total: 0, tilt: 0, sameFine: 0, other: 0 };

function soften({ count, below, same, each }: QueryRow, temperature: number, into: Softened): void {
  Object.assign(into, empty);
  for (let j = 0; j < count; j++) {
    const exponent = temperature === Number.POSITIVE_INFINITY ? 0 : below[j]! / temperature;
    const z = Math.exp(exponent);
    into.z[j] = z;
    into.total += z;
    if (z > 0) into.tilt += z * exponent;
    if (same[j] === 1) into.sameFine += each * z;
    else if (same[j] === 0) into.other += each * z;
  }
}

interface Tally {
  readonly rows: Float64Array;
  variation: number;
  own: number;
  sameFine: number;
  entropy: number;
  entries: number;
}

const tally = (size: number): Tally => ({
  rows: new Float64Array(size),
  ...{ variation: 0, own: 0, sameFine: 0, entropy: 0, entries: 0 },
});

function addRow(sum: Tally, at: number, row: QueryRow, softened: Softened, softWeight: number): void {
  const { z, total, tilt, sameFine, other } = softened;
  const share = softWeight / (1 + total);
  const ownWeight = share + 1 - softWeight;
  const even = 1 / (1 + row.sameFine);
  let distance = 0;
  for (let j = 0; j < row.count; j++) if (row.same[j] === 1) distance += Math.abs(z[j]! * share - even);
  distance = distance * row.each + Math.abs(ownWeight - even) + row.outside * even + other * share;
  const entropy = -ownWeight * logOf(ownWeight) - share * (total * logOf(share) + tilt);
  sum.rows[at] = distance / 2;
  sum.variation += distance / 2;
  sum.own += ownWeight;
  sum.sameFine += sameFine * share;
  sum.entropy += entropy;
  sum.entries += Math.exp(entropy);
}

/** So that 0 log 0 is 0. */
const logOf = (x: number): number => (x > 0 ? Math.log(x) : 0);

function addFine(sum: Tally, { sameFine }: QueryRow): void {
  sum.own += 1 / (1 + sameFine);
  sum.sameFine += sameFine / (1 + sameFine);
  sum.entropy += Math.log(1 + sameFine);
  sum.entries += 1 + sameFine;
}

function meansOf({ rows, variation, own, sameFine, entropy, entries }: Tally, n: number): TargetMeasure {
  const mean = (sum: number) => (n === 0 ? 0 : sum / n);
  const totalVariation = mean(variation);
  let squares = 0;
  for (let i = 0; i < Math.min(n, rows.length); i++) squares += (rows[i]! - totalVariation) ** 2;
  return {
    totalVariation,
    standardError: n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n),
    ownWeight: mean(own),
    sameFineWeight: mean(sameFine),
    otherWeight: Math.max(0, 1 - mean(own) - mean(sameFine)),
    entropy: mean(entropy),
    effectiveEntries: mean(entries),
  };
}
