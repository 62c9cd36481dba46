import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { silenceTelemetry, waitingThreads, writeModel } from "../engine/index.ts";

/** Rows of one product: between two of them other work has its turn. */
const BLOCK_ROWS = 2 ** 18;

/** Dot products of many rows with one vector. */
export interface DotProducts {
  /** Of `rows` [n, dim] with `vector` [dim], [n], in float32; holds until the next call, which reuses its memory. */
  of(rows: Float32Array, vector: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

/** ONNX Runtime reads the rows where they lie: nothing is copied. */
export async function openDotProducts(dim: number, threads = availableParallelism()): Promise<DotProducts> {
  silenceTelemetry();
  const session = await InferenceSession.create(model(dim), {
    intraOpNumThreads: threads,
    enableMemPattern: false,
    extra: { session: waitingThreads() },
    executionProviders: ["cpu"],
  });
  let buffer = new Float32Array(0);
  return {
    async of(rows, vector) {
      const n = rows.length / dim;
      if (buffer.length < n) buffer = new Float32Array(n);
      const query = new Tensor("float32", vector, [dim, 1]);
      for (let first = 0; first < n; first += BLOCK_ROWS) {
        const count = Math.min(BLOCK_ROWS, n - first);
        const block = new Tensor("float32", rows.subarray(first * dim, (first + count) * dim), [count, dim]);
        const products = new Tensor("float32", buffer.subarray(first, first + count), [count, 1]);
        await session.run({ rows: block, query }, { products });
      }
      return buffer.subarray(0, n);
    },
    close: () => session.release(),
  };
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
