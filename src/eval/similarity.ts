import { availableParallelism } from "node:os";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { silenceTelemetry, waitingThreads, writeModel } from "../engine/index.ts";
import { checkWholeNumber } from "./arguments.ts";

/** More threads would leave some of them a single row of a small tile (see `pair-tiles.ts`). */
const MOST_THREADS = 32;

/** The matrix product behind the retrieval. */
export interface Similarity {
  /** `queries` [b, dim] times `gallery` [n, dim] transposed, [b, n]; holds until the next product, which reuses its memory. */
  product(queries: Float32Array, gallery: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export async function createSimilarity(dim: number, threads = availableParallelism()): Promise<Similarity> {
  checkWholeNumber("threads", threads);
  silenceTelemetry();
  const session = await InferenceSession.create(model(dim), {
    intraOpNumThreads: Math.min(threads, MOST_THREADS),
    enableMemPattern: false,
    extra: { session: waitingThreads() },
    executionProviders: ["cpu"],
  });
  let buffer = new Float32Array(0);
  return {
    product: async (queries, gallery) => {
      const shape = [queries.length / dim, gallery.length / dim] as const;
      const size = shape[0] * shape[1];
      if (buffer.length < size) buffer = new Float32Array(size);
      const values = buffer.subarray(0, size);
      const feeds = { queries: tensor(queries, dim), gallery: tensor(gallery, dim) };
      await session.run(feeds, { similarity: new Tensor("float32", values, shape) });
      return values;
    },
    close: () => session.release(),
  };
}

const tensor = (rows: Float32Array, dim: number): Tensor => new Tensor("float32", rows, [rows.length / dim, dim]);

const model = (dim: number): Uint8Array =>
  writeModel({
    nodes: [
      {
        op: "Gemm",
        domain: "",
        name: "similarity",
        inputs: ["queries", "gallery"],
        outputs: ["similarity"],
        attributes: { transB: { int: 1 } },
      },
    ],
    initializers: [],
    inputs: [
      { name: "queries", dtype: "float32", shape: ["queries", dim] },
      { name: "gallery", dtype: "float32", shape: ["gallery", dim] },
    ],
    outputs: [{ name: "similarity", dtype: "float32", shape: ["queries", "gallery"] }],
    opsets: { "": 17 },
  });
