import { fail, groupBy } from "../core/index.ts";

/** Coarse and fine labels side by side. */
export interface PairLabels {
  readonly coarse: Int32Array;
  readonly fine: Int32Array;
}

/** Keys of a batch and the queue they are compared with. Shape letters: N queries, K queue, D embedding. */
export interface Relations {
  /** Unit rows [N, D]. */
  readonly keys: Float32Array;
  /** Unit rows [K, D]. */
  readonly queue: Float32Array;
  readonly dim: number;
  /** [N]; every fine label is known. */
  readonly labels: PairLabels;
  /** [K]; coarse -1 is an empty entry, fine -1 one whose fine label is unknown. */
  readonly queueLabels: PairLabels;
  /** [N], the queue entry that is the query's own image and is left out, or -1. */
  readonly own?: Int32Array;
}

/** @throws MaskconError "shape" where sizes disagree. */
function checkRelations({ keys, queue, dim, labels, queueLabels, own }: Relations): void {
  const [n, k] = [labels.coarse.length, queueLabels.coarse.length];
  const sizes: readonly (readonly [name: string, found: number, expected: number])[] = [
    ["keys", keys.length, n * dim],
    ["queue", queue.length, k * dim],
    ["labels.fine", labels.fine.length, n],
    ["queueLabels.fine", queueLabels.fine.length, k],
    ["own", own?.length ?? n, n],
  ];
  for (const [where, found, expected] of sizes) {
    if (found !== expected) fail("shape", { where, expected: `${expected} values`, found: String(found) });
  }
}

/**
 * What one query is compared with: the queue's entries of its coarse class, and how many of its fine class are
 * outside it.
 */
export interface QueryRow {
  readonly query: number;
  /** Entries of the coarse class; the arrays below hold that many values. */
  readonly count: number;
  /** s_j - max s, so 0 at the nearest. */
  readonly below: Float64Array;
  /** 1 the same fine label, 0 another one, -1 unknown. */
  readonly same: Int8Array;
  /** How many entries each one with a known fine label stands for: 1 where all are known. */
  readonly each: number;
  /** F: entries of the same fine label, an estimate where labels are unknown. */
  readonly sameFine: number;
  /** Of these, the ones outside the coarse class, which no method's target reaches. */
  readonly outside: number;
  /** False where the known fine labels say nothing about this query. */
  readonly informative: boolean;
}

/**
 * Every query's row in turn; the arrays are reused, so memory is O(K) beside the input. Similarities are float64 sums.
 * Entries are visited class by class, so that a query reads one contiguous part of the queue's order.
 */
export function* queryRows(relations: Relations): Generator<QueryRow> {
  checkRelations(relations);
  const { labels, queueLabels, own } = relations;
  const members = placesByClass(queueLabels.coarse);
  const fineCounts = countsOf(queueLabels.fine);
  const known = queueLabels.fine.reduce((sum, label) => sum + Number(label >= 0), 0);
  const most = Math.max(0, ...[...members.values()].map((places) => places.length));
  const below = new Float64Array(most);
  const same = new Int8Array(most);
  for (let query = 0; query < labels.coarse.length; query++) {
    const places = members.get(labels.coarse[query]!) ?? new Int32Array();
    const fine = labels.fine[query]!;
    const count = similarities(relations, query, places, below, same);
    let [inside, knownInside] = [0, 0];
    for (let j = 0; j < count; j++) {
      inside += Number(same[j] === 1);
      knownInside += Number(same[j]! >= 0);
    }
    const each = knownInside === 0 ? 1 : count / knownInside;
    const self = own && own[query]! >= 0 ? own[query]! : -1;
    const elsewhere = (fineCounts.get(fine) ?? 0) - inside - Number(self >= 0 && queueLabels.fine[self] === fine);
    const outside = known === 0 ? 0 : (elsewhere * queueLabels.fine.length) / known;
    const sameFine = inside * each + outside;
    // With few labels, a fine class whose other members are unlabelled would look like one without other members.
    const informative = knownInside === count || inside > 0;
    yield { query, count, below, same, each, sameFine, outside, informative };
  }
}

/** Fills `below` and `same`; gives the number of entries. */
function similarities(r: Relations, query: number, places: Int32Array, below: Float64Array, same: Int8Array): number {
  const { keys, queue, dim, queueLabels } = r;
  const own = r.own?.[query] ?? -1;
  const fine = r.labels.fine[query]!;
  let count = 0;
  let nearest = Number.NEGATIVE_INFINITY;
  for (const place of places) {
    if (place === own) continue;
    let sum = 0;
    for (let a = query * dim, b = place * dim, end = a + dim; a < end; a++, b++) sum += keys[a]! * queue[b]!;
    const label = queueLabels.fine[place]!;
    same[count] = label < 0 ? -1 : Number(label === fine);
    below[count++] = sum;
    if (sum > nearest) nearest = sum;
  }
  for (let j = 0; j < count; j++) below[j] = below[j]! - nearest;
  return count;
}

function placesByClass(coarse: Int32Array): Map<number, Int32Array> {
  const lists = groupBy(coarse.keys(), (place) => coarse[place]!);
  lists.delete(-1);
  return new Map([...lists].map(([label, list]) => [label, Int32Array.from(list)]));
}

function countsOf(labels: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
