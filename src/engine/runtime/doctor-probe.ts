import { MaskconError, messageOf } from "../../core/index.ts";
import { writeModel } from "../onnx/index.ts";
import type { Program } from "./contract.ts";
import { runtimeReason } from "./device-failure.ts";
import { type Device, deviceOf } from "./devices.ts";
import { blockSize } from "./node.ts";
import { type OnnxRuntime, ResidentExecutor } from "./resident.ts";
import { silenceTelemetry } from "./telemetry.ts";

/** What a probe prints: one line of JSON, the last on its standard output. */
export type ProbeResult =
  | { readonly works: true; readonly version: string; readonly block?: number }
  | { readonly works: false; readonly reason: string };

/** x x for x = [[1, 2], [3, 4]]. */
const square = [7, 10, 15, 22];

const matrix = { dtype: "float32", shape: [2, 2] } as const;

const program: Program = {
  model: writeModel({
    nodes: [{ op: "MatMul", domain: "", name: "probe", inputs: ["x", "x"], outputs: ["y"], attributes: {} }],
    initializers: [],
    inputs: [{ name: "x", ...matrix }],
    outputs: [{ name: "y", ...matrix }],
    opsets: { "": 17 },
  }),
  feeds: { x: matrix },
  reads: [],
  writes: [],
  fetches: ["y"],
};

async function probe(device: Device): Promise<ProbeResult> {
  silenceTelemetry();
  // Imported here, so that the `catch` below sees it fail on a platform without it.
  const ort = await import("onnxruntime-node");
  const executor = new ResidentExecutor(ort as unknown as OnnxRuntime, { device, state: {}, programs: { program } });
  const { y } = await executor.run("program", { x: Float32Array.of(1, 2, 3, 4) });
  await executor.close();
  if (square.some((n, i) => n !== y![i])) return { works: false, reason: `a matrix product came out as ${y}` };
  const version = ort.env.versions.node ?? ort.env.versions.common;
  return { works: true, version, ...(deviceOf(device).blockedKernels ? { block: await blockSize() } : {}) };
}

// This file is a process of its own: a provider that crashes ends this process alone.
try {
  console.log(JSON.stringify(await probe(process.argv[2] as Device)));
} catch (error) {
  const reason = error instanceof MaskconError ? error.failure.found : runtimeReason(messageOf(error));
  console.log(JSON.stringify({ works: false, reason } satisfies ProbeResult));
}
