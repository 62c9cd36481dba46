import { fail } from "../core/index.ts";

/** Agreement of a clustering with labels; both are indifferent to the clusters' names. */
export interface Agreement {
  /** Normalised mutual information, by the mean of the two entropies, in [0, 1]. */
  readonly nmi: number;
  /** Adjusted Rand index (Hubert and Arabie 1985): 0 by chance, 1 for the same partition. */
  readonly ari: number;
}

/** NMI and ARI of two partitions [n] as scikit-learn computes them; 1 and 1 where neither splits anything. */
export function clusteringAgreement(labels: Int32Array, clusters: Int32Array): Agreement {
  if (labels.length !== clusters.length) {
    fail("shape", { where: "clusters", expected: `${labels.length}, one a label`, found: `${clusters.length}` });
  }
  const [rows, columns] = [sizesOf(labels), sizesOf(clusters)];
  const cells = cellsOf(labels, clusters);
  return { nmi: mutualInformation(rows, columns, cells), ari: randIndex(rows, columns, cells) };
}

interface Cell {
  readonly label: number;
  readonly cluster: number;
  count: number;
}

function sizesOf(values: Int32Array): Map<number, number> {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return sizes;
}

/** The cells of the contingency table that are not empty. */
function cellsOf(labels: Int32Array, clusters: Int32Array): Cell[] {
  const rows = new Map([...new Set(labels)].map((label) => [label, new Map<number, Cell>()]));
  labels.forEach((label, i) => {
    const cluster = clusters[i]!;
    const row = rows.get(label)!;
    const cell = row.get(cluster);
    if (cell) cell.count++;
    else row.set(cluster, { label, cluster, count: 1 });
  });
  return [...rows.values()].flatMap((row) => [...row.values()]);
}

type Sizes = ReadonlyMap<number, number>;

function mutualInformation(rows: Sizes, columns: Sizes, cells: readonly Cell[]): number {
  if (rows.size <= 1 && columns.size <= 1) return 1;
  const n = total(rows.values());
  const information = cells.reduce((sum, { label, cluster, count }) => {
    const expected = (rows.get(label)! / n) * columns.get(cluster)!;
    return sum + (count / n) * Math.log(count / expected);
  }, 0);
  const entropy = (sizes: Sizes) => -total([...sizes.values()].map((size) => (size / n) * Math.log(size / n)));
  return Math.min(1, Math.max(0, (2 * information) / (entropy(rows) + entropy(columns))));
}

function randIndex(rows: Sizes, columns: Sizes, cells: readonly Cell[]): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const both = total(cells.map(({ count }) => pairs(count)));
  const inRows = total([...rows.values()].map(pairs));
  const inColumns = total([...columns.values()].map(pairs));
  // No pair is judged differently; the quotient below may be 0 / 0 then.
  if (both === inRows && both === inColumns) return 1;
  const byChance = (inRows * inColumns) / pairs(total(rows.values()));
  return (both - byChance) / ((inRows + inColumns) / 2 - byChance);
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
