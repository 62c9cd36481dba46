import { writeSync } from "node:fs";
import { MaskconError, messageOf } from "../../core/index.ts";
import { writeModel } from "../onnx/index.ts";
import { measureBlock } from "./block-size.ts";
import type { ExecutorOptions, Program } from "./contract.ts";
import { runtimeReason } from "./device-failure.ts";
import { type Device, deviceOf } from "./devices.ts";
import { type OnnxRuntime, ResidentExecutor } from "./resident.ts";
import { silenceTelemetry } from "./telemetry.ts";

/** What is found of a device: a line of JSON on the standard output. */
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
  const open = async (options: ExecutorOptions) => new ResidentExecutor(ort as unknown as OnnxRuntime, options);
  // More threads would wait for work that never comes, and burn the CPU doing so.
  const executor = await open({ device, threads: 1, state: {}, programs: { program } });
  const { y } = await executor.run("program", { x: Float32Array.of(1, 2, 3, 4) });
  await executor.close();
  if (square.some((n, i) => n !== y![i])) return { works: false, reason: `a matrix product came out as ${y}` };
  const version = ort.env.versions.node ?? ort.env.versions.common;
  return { works: true, version, ...(deviceOf(device).blockedKernels ? { block: await measureBlock(open) } : {}) };
}

async function resultOf(device: Device): Promise<ProbeResult> {
  try {
    return await probe(device);
  } catch (error) {
    const reason = error instanceof MaskconError ? error.failure.found : runtimeReason(messageOf(error));
    return { works: false, reason };
  }
}

// One process for all devices: most of a probe is the start of Node and of ONNX Runtime. Each line is written before the
// next device can end the process. A GPU that works ends it, since it might keep another one from working.
for (const device of process.argv.slice(2) as Device[]) {
  const result = await resultOf(device);
  writeSync(1, `${JSON.stringify(result)}\n`);
  if (result.works && deviceOf(device).gpu) break;
}
