import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { doctor } from "../../src/engine/runtime/doctor.ts";

/** Chromium's software Vulkan driver, which WebGPU takes where there is no GPU; the loader reads either variable. */
const softwareDriver = "/usr/lib/chromium/vk_swiftshader_icd.json";
const softwareGpu = { VK_ICD_FILENAMES: softwareDriver, VK_DRIVER_FILES: softwareDriver };

export type Environment = Readonly<Record<string, string>>;

/** What has to be set for WebGPU to work here: nothing with a GPU, a software driver without, undefined where neither is. */
export async function webgpuEnvironment(): Promise<Environment | undefined> {
  const reports = await doctor();
  if (reports.some(({ device, available }) => device === "webgpu" && available)) return {};
  return existsSync(softwareDriver) ? softwareGpu : undefined;
}

export async function hasCuda(): Promise<boolean> {
  return (await doctor()).some(({ device, available }) => device === "cuda" && available);
}

/** Runs a script beside this file in a process of its own and returns the JSON on the last line it prints. */
export function inChild<T>(script: string, parameters: readonly string[], environment: Environment = {}): Promise<T> {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  const file = fileURLToPath(new URL(script, import.meta.url));
  const options = { env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ["--import", loader, file, ...parameters], options, (error, stdout, stderr) => {
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (line.startsWith("{")) resolve(JSON.parse(line));
      else reject(new Error(`${script} ended with ${error?.code ?? error?.signal ?? 0}: ${stderr.slice(-2000)}`));
    });
  });
}
