import type { PointGrid } from "./point-grid.ts";

/** Corners [k, 2], finite, joined in order, the last with the first. */
export type Polygon = Float64Array;

/**
 * Whether a ray from the point to the right crosses the edge from (x1, y1) to (x2, y2). An edge has its upper end and not its
 * lower one, so that a ray through a corner counts once; a point on an edge lies to its right.
 */
const crosses = (x: number, y: number, x1: number, y1: number, x2: number, y2: number): boolean =>
  y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1;

/** Whether a point lies in a polygon by the even-odd rule. */
export function insidePolygon(x: number, y: number, polygon: Polygon): boolean {
  let isInside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    if (crosses(x, y, polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!)) isInside = !isInside;
  }
  return isInside;
}

/**
 * The points in a polygon that `isShown`, ascending: those that `insidePolygon` finds. A point is compared with the edges alone
 * that its row of the grid meets: no other crosses its ray.
 */
export function pointsInside(grid: PointGrid, polygon: Polygon, isShown: (point: number) => boolean): Int32Array {
  const { places, columns, starts, order } = grid;
  const edges = edgesByRow(grid, polygon);
  const isFound = new Uint8Array(places.length / 2);
  let count = 0;
  for (const [row, ends] of edges) {
    let [left, right] = [Infinity, -Infinity];
    for (let e = 0; e < ends.length; e += 2) {
      left = Math.min(left, ends[e]!);
      right = Math.max(right, ends[e]!);
    }
    // Where an edge crosses a row is rounded: a column more on each side.
    const first = Math.max(0, grid.columnOf(left) - 1);
    const last = Math.min(columns - 1, grid.columnOf(right) + 1);
    for (let at = starts[row * columns + first]!; at < starts[row * columns + last + 1]!; at++) {
      const point = order[at]!;
      if (!oddlyCrossed(places[2 * point]!, places[2 * point + 1]!, ends) || !isShown(point)) continue;
      isFound[point] = 1;
      count++;
    }
  }
  const found = new Int32Array(count);
  for (let point = 0, next = 0; next < count; point++) if (isFound[point]) found[next++] = point;
  return found;
}

/** @param ends [edges, 4] */
function oddlyCrossed(x: number, y: number, ends: readonly number[]): boolean {
  let isInside = false;
  for (let e = 0; e < ends.length; e += 4) {
    if (crosses(x, y, ends[e]!, ends[e + 1]!, ends[e + 2]!, ends[e + 3]!)) isInside = !isInside;
  }
  return isInside;
}

/** For each row of the grid the ends [edges, 4] of the edges that a ray in it may cross. */
function edgesByRow(grid: PointGrid, polygon: Polygon): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const ends = [polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!] as const;
    const [from, to] = [grid.rowOf(Math.min(ends[1], ends[3])), grid.rowOf(Math.max(ends[1], ends[3]))];
    if (ends[1] === ends[3]) continue;
    for (let row = from; row <= to; row++) {
      const list = rows.get(row) ?? [];
      list.push(...ends);
      rows.set(row, list);
    }
  }
  return rows;
}
