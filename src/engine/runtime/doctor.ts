import { execFile } from "node:child_process";
import { availableParallelism } from "node:os";
import { programBeside } from "../../core/worker.ts";
import { deviceFailure, deviceFix } from "./device-failure.ts";
import { type Device, deviceNames, deviceOf } from "./devices.ts";
import type { ProbeResult } from "./doctor-probe.ts";

interface DeviceReport {
  readonly device: Device;
  readonly available: boolean;
  /** What it is, or why it is not there. */
  readonly detail: string;
  /** What to do about a missing device. */
  readonly fix?: string;
}

/** The first use of a GPU compiles shaders. A driver that takes longer than this hangs. */
const PATIENCE_MS = 60_000;

const isGpu = (device: Device): boolean => deviceOf(device).gpu;

/** The rarer GPU first: after one that works, the next needs another process. */
const order = [...deviceNames.filter((device) => !isGpu(device)), ...deviceNames.filter(isGpu).reverse()];

/** Probes every device with a tiny graph, one after the other, in processes that may die of it. */
export async function doctor(): Promise<DeviceReport[]> {
  const results = await probe(order);
  return Promise.all(deviceNames.map((device) => reportOf(device, results[order.indexOf(device)]!)));
}

/**
 * Tries a GPU in a process of its own first, so that a driver that crashes, hangs or prints gives the caller one
 * clear error.
 * @throws MaskconError "device" where it does not work.
 */
export async function requireDevice(device: Device): Promise<void> {
  if (!isGpu(device)) return;
  const result = (await probe([device]))[0]!;
  if (!result.works) deviceFailure(device, result.reason);
}

async function reportOf(device: Device, result: ProbeResult): Promise<DeviceReport> {
  if (!result.works) return { device, available: false, detail: result.reason, fix: deviceFix(device) };
  const runtime = `ONNX Runtime ${result.version}`;
  const what = isGpu(device) ? await adapterName(device) : cpuDetail(result.block ?? 0);
  return { device, available: true, detail: `${what}, ${runtime}` };
}

function cpuDetail(block: number): string {
  const layout = block > 0 ? `blocked layout of ${block} channels` : "no blocked layout: standard operators, slower";
  return `${availableParallelism()} threads, ${layout}`;
}

/** A result for each device, in their order. Where a process ends too early, that is the result of the device it was at. */
async function probe(devices: readonly Device[]): Promise<ProbeResult[]> {
  const program = programBeside(import.meta.url, "doctor-probe");
  const results: ProbeResult[] = [];
  while (results.length < devices.length) {
    const left = devices.slice(results.length);
    const { output, failure } = await run(process.execPath, [...program, ...left]);
    const found = resultsIn(output);
    results.push(...found);
    const asMeant = found.length === left.length || (found.at(-1)?.works && isGpu(left[found.length - 1]!));
    if (asMeant) continue;
    results.push({ works: false, reason: `the probe ended without an answer (${failure ?? "no output"})` });
  }
  return results;
}

/** A driver may print lines of its own between them. */
const resultsIn = (output: string): ProbeResult[] =>
  output
    .split("\n")
    .filter((line) => line.startsWith('{"works":'))
    .map((line) => JSON.parse(line));

/** The GPU's name by whichever of the drivers' own tools is installed. */
async function adapterName(device: Device): Promise<string> {
  for (const { command, parameters, pattern } of deviceOf(device).nameTools) {
    const { output, failure } = await run(command, parameters);
    const name = failure === undefined ? pattern.exec(output)?.[1]?.trim() : undefined;
    if (name) return name;
  }
  return "a GPU of unknown name";
}

function run(command: string, parameters: readonly string[]): Promise<{ output: string; failure?: string }> {
  return new Promise((resolve) => {
    execFile(command, parameters, { timeout: PATIENCE_MS }, (error, stdout) => {
      if (!error) return resolve({ output: stdout });
      const failure = error.killed
        ? `no answer in ${PATIENCE_MS / 1000} s`
        : (error.signal ?? `exit code ${error.code}`);
      resolve({ output: stdout, failure });
    });
  });
}
