import type { Neighbours } from "./nearest-lists.ts";

/** Neighbours that vote, and the temperature of their votes exp(similarity / temperature): Wu et al. 2018. */
const voters = { count: 20, temperature: 0.07 } as const;

/** What every query scored on one question: a row each, in the order of the images. */
export interface QueryTable {
  readonly ks: readonly number[];
  /**
   * [n, width]. For each K 1 where one of the K nearest is a match; for each K the share of matches among them; average
   * precision at R; 1 where the vote of the nearest is right. Zeros where the query has no match to find.
   */
  readonly values: Float32Array;
  readonly width: number;
  /** R [n], how many matches each query has to find. */
  readonly matches: Int32Array;
}

export function queryTable(n: number, ks: readonly number[]): QueryTable {
  const width = 2 * ks.length + 2;
  return { ks, width, values: new Float32Array(n * width), matches: new Int32Array(n) };
}

/** The list that a query needs: for every K, the vote, and average precision at R. */
export const depthFor = (matches: number, ks: readonly number[]): number => Math.max(matches, voters.count, ...ks);

/**
 * Scores one query. `list` is as long as `depthFor` says or holds the whole gallery; `labels` go by the list's entries;
 * `row` is the query's place in the table.
 */
export function scoreQuery(
  table: QueryTable,
  row: number,
  list: Neighbours,
  labels: Int32Array,
  matches: number,
): void {
  const { ks, values, width } = table;
  const own = labels[list.query]!;
  const at = row * width;
  table.matches[row] = matches;
  if (matches === 0) return;
  const hits = hitsWithin(list, labels, own, ks);
  ks.forEach((k, i) => {
    values[at + i] = hits[i]! > 0 ? 1 : 0;
    // K beyond the gallery means all of it.
    values[at + ks.length + i] = hits[i]! / Math.min(k, list.count);
  });
  values[at + 2 * ks.length] = averagePrecision(list, labels, own, matches);
  values[at + 2 * ks.length + 1] = vote(list, labels) === own ? 1 : 0;
}

/** Entries of the query's label among the K nearest, for each K. */
function hitsWithin({ entries, count }: Neighbours, labels: Int32Array, own: number, ks: readonly number[]): number[] {
  const most = Math.min(count, Math.max(...ks));
  const hits = new Array<number>(ks.length).fill(0);
  for (let place = 0; place < most; place++) {
    if (labels[entries[place]!] !== own) continue;
    ks.forEach((k, i) => {
      if (place < k) hits[i]!++;
    });
  }
  return hits;
}

/** Musgrave et al. 2020: 1/R times the sum over the R nearest of the precision at each place that holds a match. */
function averagePrecision({ entries }: Neighbours, labels: Int32Array, own: number, matches: number): number {
  let hits = 0;
  let sum = 0;
  for (let place = 0; place < matches; place++) {
    if (labels[entries[place]!] === own) sum += ++hits / (place + 1);
  }
  return sum / matches;
}

/** The label with the largest sum of votes; of equal ones the one whose first voter is nearer. */
function vote({ entries, count, similarity }: Neighbours, labels: Int32Array): number | undefined {
  const sums = new Map<number, number>();
  for (let place = 0; place < Math.min(count, voters.count); place++) {
    const label = labels[entries[place]!]!;
    sums.set(label, (sums.get(label) ?? 0) + Math.exp(similarity(place) / voters.temperature));
  }
  let [winner, most]: [number | undefined, number] = [undefined, Number.NEGATIVE_INFINITY];
  for (const [label, sum] of sums) {
    if (sum > most) [winner, most] = [label, sum];
  }
  return winner;
}
