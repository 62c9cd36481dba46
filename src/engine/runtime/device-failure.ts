import { fail, messageOf } from "../../core/index.ts";
import type { Device } from "./contract.ts";

/** How to get what a device needs; in Node and, for WebGPU, in a page. */
const fixes: Readonly<Record<Device, string>> = {
  cpu: "report this with the graph's text form",
  webgpu:
    typeof process === "object" && process.versions?.node
      ? "install the GPU's driver and, on Linux, the Vulkan loader (Debian: libvulkan1 and mesa-vulkan-drivers, or NVIDIA's driver)"
      : "use a browser with WebGPU on a page served over HTTPS or from localhost",
  cuda: "on Linux x64 with an NVIDIA GPU run `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild --ignore-scripts=false onnxruntime-node` and have CUDA and cuDNN 9 on the library path",
};

export const deviceFix = (device: Device): string => fixes[device];

/** The reason in an ONNX Runtime message: without source files, signatures and the condition that was false. */
export function reasonOf(error: unknown): string {
  return messageOf(error)
    .replace(/^.*\bwas false\.\s*/, "")
    .replace(/^.*\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : /, "")
    .replace("Failed to get a WebGPU adapter: No supported adapters", "no GPU adapter that WebGPU can use")
    .replace(
      /^OrtSessionOptionsAppendExecutionProvider_\w+: Failed to load shared library/,
      "no provider library installed",
    )
    .replace(
      /^This session contains graph nodes that are assigned to the default CPU EP.*/,
      "it has no kernel for some",
    )
    .trim();
}

/** A device that is not there, or does not take a graph, is an error of its own: nothing falls back silently. */
export function deviceFailure(device: Device, error: unknown): never {
  const expected = device === "cpu" ? "a graph that ONNX Runtime takes" : `a working ${device} device`;
  fail("device", { where: `device ${device}`, expected, found: reasonOf(error), fix: fixes[device] }, error);
}
