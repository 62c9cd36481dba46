import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { silenceTelemetry, waitingThreads, writeModel } from "../engine/index.ts";

/** Rows of one product: between two of them other work has its turn. */
const BLOCK_ROWS = 2 ** 18;
/** Rows that are copied together for one product: they should stay in the cache. */
const COPIED_ROWS = 2 ** 11;

/** Dot products of many rows with one vector. */
export interface DotProducts {
  /** Of `rows` [n, dim] with `vector` [dim], [n], in float32; holds until the next call, which reuses its memory. */
  of(rows: Float32Array, vector: Float32Array): Promise<Float32Array>;
  /** The same of the rows at `places` [m] alone, which rise: [m]. */
  ofSome(rows: Float32Array, vector: Float32Array, places: Int32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** ONNX Runtime reads the rows where they lie: of all of them nothing is copied. */
export async function openDotProducts(dim: number, threads = availableParallelism()): Promise<DotProducts> {
  silenceTelemetry();
  const session = await InferenceSession.create(model(dim), {
    intraOpNumThreads: threads,
    enableMemPattern: false,
    extra: { session: waitingThreads() },
    executionProviders: ["cpu"],
  });
  let buffer = new Float32Array(0);
  const copies = new Float32Array(COPIED_ROWS * dim);
  const roomFor = (n: number) => {
    if (buffer.length < n) buffer = new Float32Array(n);
    return buffer.subarray(0, n);
  };
  /** Of whole rows, into `out`. */
  async function multiply(rows: Float32Array, vector: Float32Array, out: Float32Array): Promise<void> {
    const block = new Tensor("float32", rows, [out.length, dim]);
    const query = new Tensor("float32", vector, [dim, 1]);
    await session.run({ rows: block, query }, { products: new Tensor("float32", out, [out.length, 1]) });
  }
  return {
    async of(rows, vector) {
      const products = roomFor(rows.length / dim);
      for (let first = 0; first < products.length; first += BLOCK_ROWS) {
        const end = Math.min(products.length, first + BLOCK_ROWS);
        await multiply(rows.subarray(first * dim, end * dim), vector, products.subarray(first, end));
      }
      return products;
    },
    async ofSome(rows, vector, places) {
      const products = roomFor(places.length);
      for (let first = 0; first < places.length; first += COPIED_ROWS) {
        const some = places.subarray(first, first + COPIED_ROWS);
        copyRows(rows, dim, some, copies);
        await multiply(copies.subarray(0, some.length * dim), vector, products.subarray(first, first + some.length));
      }
      return products;
    },
    close: () => session.release(),
  };
}

/** Copies the rows at `places` [m], which rise, to [m, dim]: adjacent ones at once. */
function copyRows(rows: Float32Array, dim: number, places: Int32Array, to: Float32Array): void {
  for (let from = 0; from < places.length; ) {
    let end = from + 1;
    while (end < places.length && places[end]! - places[from]! === end - from) end++;
    to.set(rows.subarray(places[from]! * dim, (places[end - 1]! + 1) * dim), from * dim);
    from = end;
  }
}

const model = (dim: number): Uint8Array =>
  writeModel({
    nodes: [
      { op: "MatMul", domain: "", name: "products", inputs: ["rows", "query"], outputs: ["products"], attributes: {} },
    ],
    initializers: [],
    inputs: [
      { name: "rows", dtype: "float32", shape: ["n", dim] },
      { name: "query", dtype: "float32", shape: [dim, 1] },
    ],
    outputs: [{ name: "products", dtype: "float32", shape: ["n", 1] }],
    opsets: { "": 17 },
  });

/**
 * How far a float32 dot product of two vectors of length 1 may be from the exact one: D u / (1 - D u) in whatever order it
 * is summed, u = 2^-24. Source: Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.1. Some is added for
 * lengths that are 1 but for rounding, and for values too small for float32.
 */
export function productError(dim: number): number {
  const share = (dim + 2) * 2 ** -24;
  return 1.001 * (share / (1 - share)) + dim * 2 ** -126;
}

/** The dot product of row `row` of `rows` with `vector`, summed from the first value on in float64. */
export function exactProduct(rows: Float32Array, dim: number, row: number, vector: Float32Array): number {
  let sum = 0;
  for (let i = 0, at = row * dim; i < dim; i++, at++) sum += rows[at]! * vector[i]!;
  return sum;
}
