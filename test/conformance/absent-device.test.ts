import { platform } from "node:os";
import { expect, test } from "vitest";
import { hasCuda, inChild } from "./child.ts";

/** No Vulkan driver: the loader looks nowhere else. */
const driverless = { VK_ICD_FILENAMES: "/nonexistent.json", VK_DRIVER_FILES: "/nonexistent.json" };

type Refusals = Record<string, { code: string; message: string }>;

const lines = {
  webgpu: /^device webgpu: expected a working webgpu device, found .+; install the GPU's driver/,
  cuda: /^device cuda: expected a working cuda device, found .+; on Linux x64 .*npm rebuild --ignore-scripts=false onnxruntime-node/,
};

test("compiling for a device that is not there is one clear error at once, and leaves nothing running", async () => {
  const refusals = await inChild<Refusals>("absent-device-script.ts", [], driverless);
  const absent: ("webgpu" | "cuda")[] = [];
  if (platform() === "linux") absent.push("webgpu");
  else console.warn("SKIPPED: WebGPU cannot be hidden on this platform; its absence is not tested");
  if (await hasCuda()) console.warn("SKIPPED: this machine has CUDA; its absence is not tested");
  else absent.push("cuda");
  for (const device of absent) {
    expect(refusals[device]?.code).toBe("device");
    expect(refusals[device]?.message).toMatch(lines[device]);
  }
}, 60_000);
