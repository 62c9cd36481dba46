import { type ClassLabels, checkLength, classNumbers } from "./arguments.ts";

/** Agreement of a clustering with labels; both are indifferent to the clusters' names. */
export interface Agreement {
  /** Normalised mutual information, by the mean of the two entropies, in [0, 1]. */
  readonly nmi: number;
  /** Adjusted Rand index (Hubert and Arabie 1985): 0 by chance, 1 for the same partition. */
  readonly ari: number;
}

/**
 * NMI and ARI of two partitions [n] as scikit-learn computes them; 1 and 1 where neither splits anything. A cluster may have
 * any whole number or name: -1, which others use for noise, is a cluster too.
 * @throws MaskconError "shape" where the lengths differ, "data" where an entry is no class or no cluster
 */
export function clusteringAgreement(labels: ClassLabels, clusters: ClassLabels): Agreement {
  const classes = classNumbers(labels, "labels");
  const found = classNumbers(clusters, "clusters", Number.NEGATIVE_INFINITY);
  checkLength(found, classes.length, "clusters");
  const table = contingencyTable(classes, found);
  return tableAgreement(table, countsOf(table, table.cellOf));
}

/** The cells of a contingency table that are not empty. */
interface ContingencyTable {
  /** [n]: the cell of each image. */
  readonly cellOf: Int32Array;
  /** [cells]: row (a label's place) and column (a cluster's) of each cell. */
  readonly rowOf: Int32Array;
  readonly columnOf: Int32Array;
  readonly rows: number;
  readonly columns: number;
}

export function contingencyTable(labels: Int32Array, clusters: Int32Array): ContingencyTable {
  const [rowPlaces, columnPlaces] = [placesOf(labels), placesOf(clusters)];
  const cells = new Map<number, number>();
  const [rowOf, columnOf]: [number[], number[]] = [[], []];
  const cellOf = labels.map((label, i) => {
    const [row, column] = [rowPlaces.get(label)!, columnPlaces.get(clusters[i]!)!];
    const key = row * columnPlaces.size + column;
    const known = cells.get(key);
    if (known !== undefined) return known;
    cells.set(key, cells.size);
    rowOf.push(row);
    return columnOf.push(column) - 1;
  });
  const [rows, columns] = [rowPlaces.size, columnPlaces.size];
  return { cellOf, rowOf: Int32Array.from(rowOf), columnOf: Int32Array.from(columnOf), rows, columns };
}

function placesOf(values: Int32Array): Map<number, number> {
  return new Map([...new Set(values)].map((value, place) => [value, place]));
}

/** [cells]: how many of these images are in each cell. */
export function countsOf({ rowOf }: ContingencyTable, cells: Int32Array): Float64Array {
  const counts = new Float64Array(rowOf.length);
  for (const cell of cells) counts[cell]!++;
  return counts;
}

/** NMI and ARI of a table with these counts, some of which may be 0. */
export function tableAgreement(table: ContingencyTable, counts: Float64Array): Agreement {
  const [rows, columns] = [new Float64Array(table.rows), new Float64Array(table.columns)];
  counts.forEach((count, cell) => {
    rows[table.rowOf[cell]!]! += count;
    columns[table.columnOf[cell]!]! += count;
  });
  return { nmi: mutualInformation(table, counts, rows, columns), ari: randIndex(counts, rows, columns) };
}

function mutualInformation(
  { rowOf, columnOf }: ContingencyTable,
  counts: Float64Array,
  rows: Float64Array,
  columns: Float64Array,
): number {
  if (used(rows) <= 1 && used(columns) <= 1) return 1;
  const n = total(rows);
  let information = 0;
  counts.forEach((count, cell) => {
    const expected = (rows[rowOf[cell]!]! / n) * columns[columnOf[cell]!]!;
    if (count > 0) information += (count / n) * Math.log(count / expected);
  });
  const entropy = (sizes: Float64Array) =>
    -total(sizes.map((size) => (size > 0 ? (size / n) * Math.log(size / n) : 0)));
  return Math.min(1, Math.max(0, (2 * information) / (entropy(rows) + entropy(columns))));
}

function randIndex(counts: Float64Array, rows: Float64Array, columns: Float64Array): number {
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const [both, inRows, inColumns] = [counts, rows, columns].map((sizes) => total(sizes.map(pairs))) as Triple;
  // No pair is judged differently; the quotient below may be 0 / 0 then.
  if (both === inRows && both === inColumns) return 1;
  const byChance = (inRows * inColumns) / pairs(total(rows));
  return (both - byChance) / ((inRows + inColumns) / 2 - byChance);
}

type Triple = [number, number, number];

const used = (sizes: Float64Array) => sizes.reduce((count, size) => count + Number(size > 0), 0);
const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
