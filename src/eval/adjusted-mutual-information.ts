import { type ClassLabels, checkLength, classNumbers } from "./arguments.ts";
import { contingencyTable, countsOf } from "./clustering-agreement.ts";

/**
 * Mutual information of two partitions [n], adjusted for chance (Vinh, Epps and Bailey 2010), by the mean of the two
 * entropies, as scikit-learn computes it: 0 by chance whatever the number of clusters, 1 for the same partition. NMI grows
 * with the number of clusters. 1 where neither splits anything.
 * @throws MaskconError "shape" where the lengths differ, "data" where an entry is no class or no cluster
 */
export function adjustedMutualInformation(labels: ClassLabels, clusters: ClassLabels): number {
  const classes = classNumbers(labels, "labels");
  const found = classNumbers(clusters, "clusters", Number.NEGATIVE_INFINITY);
  checkLength(found, classes.length, "clusters");
  const table = contingencyTable(classes, found);
  const counts = countsOf(table, table.cellOf);
  const rows = sums(counts, table.rowOf, table.rows);
  const columns = sums(counts, table.columnOf, table.columns);
  const n = classes.length;
  if ((table.rows <= 1 && table.columns <= 1) || (table.rows === n && table.columns === n)) return 1;
  let information = 0;
  counts.forEach((count, cell) => {
    information += share(count, rows[table.rowOf[cell]!]!, columns[table.columnOf[cell]!]!, n);
  });
  const byChance = expectedInformation(rows, columns, n);
  const most = (entropy(rows, n) + entropy(columns, n)) / 2;
  // Both may be 0 up to rounding.
  const room = most - byChance;
  return (information - byChance) / (room < 0 ? Math.min(room, -Number.EPSILON) : Math.max(room, Number.EPSILON));
}

/** What a cell of `count` images adds to the mutual information. */
const share = (count: number, row: number, column: number, n: number): number =>
  count > 0 ? (count / n) * Math.log((n * count) / (row * column)) : 0;

/** Of partitions with these sizes drawn at random: a hypergeometric mean over each pair of clusters. */
function expectedInformation(rows: Float64Array, columns: Float64Array, n: number): number {
  const logs = logFactorials(n);
  let sum = 0;
  for (const a of rows) {
    for (const b of columns) {
      const fixed = logs[a]! + logs[b]! + logs[n - a]! + logs[n - b]! - logs[n]!;
      for (let both = Math.max(1, a + b - n); both <= Math.min(a, b); both++) {
        const others = logs[both]! + logs[a - both]! + logs[b - both]! + logs[n - a - b + both]!;
        sum += share(both, a, b, n) * Math.exp(fixed - others);
      }
    }
  }
  return sum;
}

function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let i = 2; i <= n; i++) logs[i] = logs[i - 1]! + Math.log(i);
  return logs;
}

function sums(counts: Float64Array, placeOf: Int32Array, places: number): Float64Array {
  const sizes = new Float64Array(places);
  counts.forEach((count, cell) => {
    sizes[placeOf[cell]!]! += count;
  });
  return sizes;
}

const entropy = (sizes: Float64Array, n: number): number =>
  -sizes.reduce((sum, size) => sum + (size / n) * Math.log(size / n), 0);
