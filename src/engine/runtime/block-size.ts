import { writeModel } from "../onnx/index.ts";
import type { Executor, ExecutorOptions } from "./contract.ts";

/**
 * Channels in a block of ONNX Runtime's blocked CPU layout on this machine (16 with AVX-512, 8 with less), 0 where its
 * operators are missing: the width of what ReorderInput makes of four channels. `open` makes the runtime that is asked.
 */
export async function measureBlock(open: (options: ExecutorOptions) => Promise<Executor>): Promise<number> {
  const model = writeModel({
    nodes: [
      {
        op: "ReorderInput",
        domain: "com.microsoft.nchwc",
        name: "probe",
        inputs: ["x"],
        outputs: ["y"],
        attributes: {},
      },
    ],
    initializers: [],
    inputs: [{ name: "x", dtype: "float32", shape: [1, 4, 1, 1] }],
    outputs: [{ name: "y", dtype: "float32", shape: ["n", "c", "h", "w"] }],
    opsets: { "": 17, "com.microsoft.nchwc": 1 },
  });
  const feeds = { x: { dtype: "float32", shape: [1, 4, 1, 1] } } as const;
  const probe = { model, feeds, reads: [], writes: [], fetches: ["y"] };
  const executor = await open({ device: "cpu", threads: 1, state: {}, programs: { probe } });
  try {
    return (await executor.run("probe", { x: new Float32Array(4) })).y!.length;
  } catch {
    return 0;
  } finally {
    await executor.close();
  }
}
