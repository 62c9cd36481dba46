import { nearestNeighbours } from "../eval/index.ts";
import { memberships, NEIGHBOURS } from "../layout/index.ts";
import type { MapEffort } from "./map-effort.ts";

interface Placing extends MapEffort {
  /** [rows, dim] of length 1, of all rows. */
  readonly vectors: Float32Array;
  readonly dim: number;
  /** Rows that have places, and these, [laid, 2]. */
  readonly laid: Int32Array;
  readonly places: Float32Array;
  /** Rows to be placed. */
  readonly added: Int32Array;
}

/** New rows placed at a time: each is compared with these others too, which do not count. */
const BATCH = 256;

/** [added, 2]: each row at the mean of its nearest rows among those laid out, weighted as the map weighs neighbours. */
export async function placeNew(o: Placing): Promise<Float32Array> {
  const { vectors, dim, laid, added, threads, signal, progress } = o;
  const placed = new Float32Array(2 * added.length);
  const room = new Float32Array((laid.length + Math.min(BATCH, added.length)) * dim);
  const copy = (rows: Int32Array, from: number) =>
    rows.forEach((row, i) => void room.set(vectors.subarray(row * dim, (row + 1) * dim), (from + i) * dim));
  copy(laid, 0);
  for (let first = 0; first < added.length; first += BATCH) {
    const batch = added.subarray(first, first + BATCH);
    copy(batch, laid.length);
    const found = await nearestNeighbours({
      ...{ features: room.subarray(0, (laid.length + batch.length) * dim), dim, threads, signal },
      // As many as there may be of the batch itself before the last that is wanted.
      count: NEIGHBOURS + batch.length - 1,
      queries: Int32Array.from(batch, (_, i) => laid.length + i),
    });
    for (let i = 0; i < batch.length; i++) {
      const from = i * found.count;
      const lists = {
        rows: found.rows.subarray(from, from + found.count),
        similarities: found.similarities.subarray(from, from + found.count),
      };
      placed.set(meanPlace(lists, o.places), 2 * (first + i));
    }
    progress?.({ phase: "placing", done: first + batch.length, total: added.length });
  }
  return placed;
}

/** @param lists places in the rows laid out, behind these others; the nearest first */
function meanPlace(lists: { rows: Int32Array; similarities: Float32Array }, places: Float32Array): [number, number] {
  const near: number[] = [];
  for (let at = 0; at < lists.rows.length && near.length < NEIGHBOURS; at++) {
    if (lists.rows[at]! < places.length / 2) near.push(at);
  }
  const weights = new Float64Array(near.length);
  memberships(
    near.map((at) => lists.similarities[at]!),
    0,
    near.length,
    weights,
  );
  let [x, y, sum] = [0, 0, 0];
  near.forEach((at, i) => {
    const row = lists.rows[at]!;
    x += weights[i]! * places[2 * row]!;
    y += weights[i]! * places[2 * row + 1]!;
    sum += weights[i]!;
  });
  return sum > 0 ? [x / sum, y / sum] : [0, 0];
}
