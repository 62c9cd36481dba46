import { nearestNeighbours } from "../eval/index.ts";

/** A symmetric graph with edge weights a / sqrt(degree of i * degree of j), in compressed rows. */
export interface NeighbourGraph {
  /** [n + 1]: where each point's edges start. */
  readonly starts: Int32Array;
  /** [edges], each edge from both of its ends. */
  readonly columns: Int32Array;
  readonly weights: Float64Array;
  /** [n]: sum of each point's weights before they were divided; above 0. */
  readonly degrees: Float64Array;
}

/** The same bits whatever the cores. */
export const THREADS = 1;
const BITS = 32;

/**
 * Joins each row with its `count` nearest by cosine. The weight is the share of neighbours that two rows have in common, each
 * row being its own neighbour too (Jarvis and Patrick 1973).
 */
export async function neighbourGraph(features: Float32Array, dim: number, count: number): Promise<NeighbourGraph> {
  const n = features.length / dim;
  const found = await nearestNeighbours({ features, dim, count, threads: THREADS });
  const lists = bitRows(n);
  const joined = bitRows(n);
  for (let row = 0; row < n; row++) {
    lists.set(row, row);
    for (let place = 0; place < found.count; place++) {
      const other = found.rows[row * found.count + place]!;
      lists.set(row, other);
      joined.set(row, other);
      joined.set(other, row);
    }
  }
  const starts = new Int32Array(n + 1);
  const columns: number[] = [];
  const shared: number[] = [];
  for (let row = 0; row < n; row++) {
    joined.forEach(row, (other) => {
      columns.push(other);
      shared.push(lists.common(row, other) / (found.count + 1));
    });
    starts[row + 1] = columns.length;
  }
  return normalized(starts, Int32Array.from(columns), Float64Array.from(shared));
}

function normalized(starts: Int32Array, columns: Int32Array, weights: Float64Array): NeighbourGraph {
  const n = starts.length - 1;
  const degrees = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++) degrees[row]! += weights[edge]!;
  }
  for (let row = 0; row < n; row++) {
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++) {
      weights[edge]! /= Math.sqrt(degrees[row]! * degrees[columns[edge]!]!);
    }
  }
  return { starts, columns, weights, degrees };
}

/** n rows of n bits. */
function bitRows(n: number) {
  const width = Math.ceil(n / BITS);
  const words = new Uint32Array(n * width);
  return {
    set(row: number, column: number): void {
      words[row * width + Math.floor(column / BITS)]! |= 1 << (column % BITS);
    },
    /** Bits that two rows both have. */
    common(a: number, b: number): number {
      let count = 0;
      for (let i = 0; i < width; i++) count += ones(words[a * width + i]! & words[b * width + i]!);
      return count;
    },
    forEach(row: number, visit: (column: number) => void): void {
      for (let column = 0; column < n; column++) {
        if ((words[row * width + Math.floor(column / BITS)]! >>> (column % BITS)) & 1) visit(column);
      }
    },
  };
}

/** Bits of a 32-bit word, by sums in parallel. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
