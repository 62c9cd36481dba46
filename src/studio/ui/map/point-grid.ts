import type { PlaneBox } from "./viewport.ts";

/** Points of the plane by cells. */
export interface PointGrid {
  /** [n, 2]; points that are not finite lie in no cell. */
  readonly places: Float32Array;
  readonly box: PlaneBox;
  readonly columns: number;
  readonly rows: number;
  /** Points in the order of their cells, row by row; those of cell c from `starts[c]` to `starts[c + 1]`. */
  readonly order: Int32Array;
  readonly starts: Int32Array;
  columnOf(x: number): number;
  rowOf(y: number): number;
}

const POINTS_A_CELL = 4;
const MOST_CELLS = 2 ** 20;

export function pointGrid(places: Float32Array): PointGrid {
  const n = places.length / 2;
  const box = boxOf(places);
  const [width, height] = [box.right - box.left, box.bottom - box.top];
  const cells = Math.min(MOST_CELLS, Math.max(1, Math.ceil(n / POINTS_A_CELL)));
  // Square ones, unless the points lie along a line.
  const columns = Math.max(1, Math.min(cells, Math.round(Math.sqrt((cells * width) / height)) || 1));
  const rows = Math.ceil(cells / columns);
  const [across, down] = [width / columns || 1, height / rows || 1];
  // Both rise with their argument, also as numbers are rounded: lasso.ts relies on it.
  const columnOf = (x: number) => Math.min(columns - 1, Math.max(0, Math.floor((x - box.left) / across)));
  const rowOf = (y: number) => Math.min(rows - 1, Math.max(0, Math.floor((y - box.top) / down)));
  const starts = new Int32Array(columns * rows + 1);
  const cellOf = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    cellOf[i] = rowOf(y) * columns + columnOf(x);
    starts[cellOf[i]! + 1]!++;
  }
  for (let cell = 0; cell < columns * rows; cell++) starts[cell + 1]! += starts[cell]!;
  const next = starts.slice();
  const order = new Int32Array(starts[columns * rows]!);
  for (let i = 0; i < n; i++) if (cellOf[i]! >= 0) order[next[cellOf[i]!]!++] = i;
  return { places, box, columns, rows, order, starts, columnOf, rowOf };
}

/** Around all finite points; that of one point or none has no size. */
function boxOf(places: Float32Array): PlaneBox {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < places.length; i += 2) {
    const [x, y] = [places[i]!, places[i + 1]!];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  return left <= right ? { left, top, right, bottom } : { left: 0, top: 0, right: 0, bottom: 0 };
}

/** Calls `visit` with the points in a box, until it answers false. */
export function eachIn(grid: PointGrid, box: PlaneBox, visit: (point: number) => boolean | undefined): void {
  const { places, columns, starts, order } = grid;
  const [first, last] = [grid.columnOf(box.left), grid.columnOf(box.right)];
  for (let row = grid.rowOf(box.top); row <= grid.rowOf(box.bottom); row++) {
    for (let at = starts[row * columns + first]!; at < starts[row * columns + last + 1]!; at++) {
      const point = order[at]!;
      const [x, y] = [places[2 * point]!, places[2 * point + 1]!];
      const isIn = x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      if (isIn && visit(point) === false) return;
    }
  }
}

/** The nearest point within `radius` that `isShown`; of equally near ones the last, which is drawn on top; -1: none. */
export function nearestPoint(
  grid: PointGrid,
  at: { x: number; y: number },
  radius: number,
  isShown: (point: number) => boolean,
): number {
  let [best, least] = [-1, radius * radius];
  const box = { left: at.x - radius, right: at.x + radius, top: at.y - radius, bottom: at.y + radius };
  eachIn(grid, box, (point) => {
    const [right, down] = [grid.places[2 * point]! - at.x, grid.places[2 * point + 1]! - at.y];
    const distance = right * right + down * down;
    if (distance > least || (distance === least && point < best) || !isShown(point)) return true;
    [best, least] = [point, distance];
    return true;
  });
  return best;
}
