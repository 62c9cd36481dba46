import { type ClassLabels, checkLength, classNumbers } from "./arguments.ts";
import { contingencyTable, countsOf } from "./clustering-agreement.ts";

/**
 * Share of images [n] whose cluster is the one matched with their label, of the one-to-one matching that makes it largest. A
 * negative cluster is no cluster: its images are counted as wrong. So are clusters and labels that are left over.
 * @throws MaskconError "shape" where the lengths differ, "data" where an entry is no class
 */
export function matchingAccuracy(labels: ClassLabels, clusters: ArrayLike<number>): number {
  const classes = classNumbers(labels, "labels");
  const found = Int32Array.from(clusters);
  checkLength(found, classes.length, "clusters");
  const sure = [...found.keys()].filter((i) => found[i]! >= 0);
  if (sure.length === 0) return 0;
  const pick = (values: Int32Array) => Int32Array.from(sure, (i) => values[i]!);
  const table = contingencyTable(pick(classes), pick(found));
  const size = Math.max(table.rows, table.columns);
  const cost = new Float64Array(size * size);
  countsOf(table, table.cellOf).forEach((count, cell) => {
    cost[table.rowOf[cell]! * size + table.columnOf[cell]!] = -count;
  });
  return -leastCost(cost, size) / classes.length;
}

/** The least sum of a one-to-one assignment of rows to columns [size, size]: shortest augmenting paths (Jonker and Volgenant). */
function leastCost(cost: Float64Array, size: number): number {
  const [ofRow, ofColumn] = [new Float64Array(size), new Float64Array(size + 1)];
  /** The row of each column; the last column is where a path starts. */
  const rowAt = new Int32Array(size + 1).fill(-1);
  for (let row = 0; row < size; row++) {
    rowAt[size] = row;
    const before = augmentingPath({ cost, size, ofRow, ofColumn, rowAt });
    for (let column = before.end; column !== size; column = before.columns[column]!) {
      rowAt[column] = rowAt[before.columns[column]!]!;
    }
  }
  let sum = 0;
  for (let column = 0; column < size; column++) sum += cost[rowAt[column]! * size + column]!;
  return sum;
}

interface Assignment {
  readonly cost: Float64Array;
  readonly size: number;
  readonly ofRow: Float64Array;
  readonly ofColumn: Float64Array;
  readonly rowAt: Int32Array;
}

/** The shortest way from the start column to a free one; the potentials are those after it. */
function augmentingPath({ cost, size, ofRow, ofColumn, rowAt }: Assignment) {
  const columns = new Int32Array(size + 1).fill(size);
  const least = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY);
  const used = new Uint8Array(size + 1);
  let at = size;
  while (rowAt[at]! >= 0) {
    used[at] = 1;
    const row = rowAt[at]!;
    let [next, delta] = [size, Number.POSITIVE_INFINITY];
    for (let column = 0; column < size; column++) {
      if (used[column]) continue;
      const reduced = cost[row * size + column]! - ofRow[row]! - ofColumn[column]!;
      if (reduced < least[column]!) {
        least[column] = reduced;
        columns[column] = at;
      }
      if (least[column]! < delta) [next, delta] = [column, least[column]!];
    }
    for (let column = 0; column <= size; column++) {
      if (used[column]) {
        ofRow[rowAt[column]!]! += delta;
        ofColumn[column]! -= delta;
      } else least[column]! -= delta;
    }
    at = next;
  }
  return { columns, end: at };
}
