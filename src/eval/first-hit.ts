import type { Counter } from "./effort.ts";
import { groupsOf } from "./groups.ts";
import { forEachPairTile, type PairTile } from "./pair-tiles.ts";
import type { Rows } from "./rows.ts";
import type { Similarity } from "./similarity.ts";

export interface FirstHitSearch extends Rows {
  readonly similarity: Similarity;
  readonly blockSize: number;
  /** Counts every pair that was compared. */
  readonly counter?: Counter;
}

/** Per query its most similar neighbour of the same class, and how many of other classes come before it. */
interface Race {
  readonly labels: Int32Array;
  readonly threshold: Float32Array;
  readonly nearest: Int32Array;
  readonly ahead: Int32Array;
}

/**
 * For each labelling the rank, from 1, of every member's nearest neighbour with its own label among the other members:
 * the position in a stable sort by falling similarity, lower row first among equals. 0 where no other member has the
 * label. No list is ever sorted: the best similarity within the class is found first (one small product per class),
 * then those above it are counted, each unordered pair once for both of its ends.
 */
export async function firstHitRanks(
  retrieval: FirstHitSearch,
  members: Int32Array,
  labellings: readonly Int32Array[],
): Promise<Int32Array[]> {
  const races = labellings.map((labels) => startRace(members, labels));
  for (const race of races) {
    for (const positions of groupsOf(race.labels)) {
      if (positions.length < 2) continue;
      const ofClass = positions.map((position) => members[position]!);
      await forEachPairTile({ ...retrieval, members: ofClass }, (tile) => findNearest(race, positions, tile));
    }
    race.threshold.forEach((value, i) => {
      if (value === Number.NEGATIVE_INFINITY) race.threshold[i] = Number.POSITIVE_INFINITY;
    });
  }
  await forEachPairTile({ ...retrieval, members }, (tile) => {
    for (const race of races) countAhead(race, tile);
  });
  return races.map(({ nearest, ahead }) => ahead.map((count, i) => (nearest[i]! < 0 ? 0 : count + 1)));
}

function startRace(members: Int32Array, labels: Int32Array): Race {
  const n = members.length;
  return {
    labels: members.map((row) => labels[row]!),
    threshold: new Float32Array(n).fill(Number.NEGATIVE_INFINITY),
    nearest: new Int32Array(n).fill(-1),
    ahead: new Int32Array(n),
  };
}

function findNearest({ threshold, nearest }: Race, positions: Int32Array, tile: PairTile): void {
  const { values, stride, row, rows, column, columns } = tile;
  for (let r = row; r < row + rows; r++) {
    const a = positions[r]!;
    const offset = (r - row) * stride - column;
    for (let c = Math.max(column, r + 1); c < column + columns; c++) {
      const b = positions[c]!;
      const value = values[offset + c]!;
      // Strict: tiles come in ascending order, so the lowest position stays among equals.
      if (value > threshold[a]!) {
        threshold[a] = value;
        nearest[a] = b;
      }
      if (value > threshold[b]!) {
        threshold[b] = value;
        nearest[b] = a;
      }
    }
  }
}

function countAhead(race: Race, tile: PairTile): void {
  const { values, stride, row, rows, column, columns } = tile;
  const { threshold } = race;
  const end = column + columns;
  for (let r = row; r < row + rows; r++) {
    const own = threshold[r]!;
    const offset = (r - row) * stride - column;
    for (let c = Math.max(column, r + 1); c < end; c++) {
      const value = values[offset + c]!;
      if (value >= own) count(race, r, c, value);
      if (value >= threshold[c]!) count(race, c, r, value);
    }
  }
}

/** An entry at least as similar as the query's nearest: ahead of it if of another class and strictly nearer or first. */
function count({ labels, threshold, nearest, ahead }: Race, query: number, entry: number, value: number): void {
  if (labels[entry] === labels[query]) return;
  if (value > threshold[query]! || entry < nearest[query]!) ahead[query]!++;
}
