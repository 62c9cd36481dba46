import { InferenceSession, Tensor } from "onnxruntime-node";
import { sizeOf } from "../src/core/index.ts";
import { type OnnxNode, silenceTelemetry, writeModel } from "../src/engine/index.ts";
import type { Peaks } from "./floors.ts";

/**
 * The machine's floors as this runtime reaches them: a 2048 x 2048 matrix product, and the sum of two tensors of the
 * size that a ResNet-18 step moves between its first layers ([128, 64, 32, 32], 34 MB each: two read, one written).
 */
export async function measurePeaks(threads: number): Promise<Peaks> {
  silenceTelemetry();
  const n = 2048;
  const gemm = await secondsOf("MatMul", [n, n], threads);
  const shape = [128, 64, 32, 32];
  const add = await secondsOf("Add", shape, threads);
  return { flopsPerSecond: (2 * n ** 3) / gemm, bytesPerSecond: (3 * 4 * sizeOf(shape)) / add };
}

/** The fastest of several runs of a chain of `op`, by one call. Only one number leaves the session: outputs are copied. */
async function secondsOf(op: string, shape: readonly number[], threads: number): Promise<number> {
  const chain = 6;
  const node = (type: string, i: number, inputs: string[], output: string): OnnxNode => ({
    op: type,
    domain: "",
    name: `${type}.${i}`,
    inputs,
    outputs: [output],
    attributes: {},
  });
  const calls = Array.from({ length: chain }, (_, i) => node(op, i, [i === 0 ? "x" : `t${i - 1}`, "y"], `t${i}`));
  const axes = new Int32Array(shape.length);
  const model = writeModel({
    nodes: [...calls, node("Slice", chain, [`t${chain - 1}`, "starts", "ends"], "out")],
    initializers: [],
    inputs: [
      { name: "x", dtype: "float32", shape },
      { name: "y", dtype: "float32", shape },
      { name: "starts", dtype: "int32", shape: [shape.length] },
      { name: "ends", dtype: "int32", shape: [shape.length] },
    ],
    outputs: [{ name: "out", dtype: "float32", shape: shape.map(() => 1) }],
    opsets: { "": 17 },
  });
  const session = await InferenceSession.create(model, {
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: threads,
    enableMemPattern: false,
  });
  const value = new Tensor("float32", new Float32Array(sizeOf(shape)).fill(1e-3), shape);
  const starts = new Tensor("int32", axes, [shape.length]);
  const ends = new Tensor(
    "int32",
    axes.map(() => 1),
    [shape.length],
  );
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    await session.run({ x: value, y: value, starts, ends });
    best = Math.min(best, (performance.now() - start) / 1000 / chain);
  }
  await session.release();
  return best;
}
