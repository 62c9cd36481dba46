import type { InferenceSession } from "onnxruntime-common";
import { fail, keysOf } from "../../core/index.ts";

/** A command of a driver's own tools that prints a GPU's name. */
interface NameTool {
  readonly command: string;
  readonly parameters: readonly string[];
  /** Its first group is the name. */
  readonly pattern: RegExp;
}

/** Where a step can run. */
interface DeviceTraits {
  /** A GPU may be absent: it is probed before it is used, and operators that fall back to the CPU are reported. */
  readonly gpu: boolean;
  /** What ONNX Runtime computes with. */
  readonly provider: InferenceSession.ExecutionProviderConfig;
  /** Whether state stays in the GPU's memory between runs; otherwise every run carries it there and back. */
  readonly residentOnGpu: boolean;
  /** Whether Node's ONNX Runtime has blocked kernels for it, so that a graph is lowered to them. */
  readonly blockedKernels: boolean;
  /** Whether `onnxruntime-web` has it. */
  readonly inPages: boolean;
  /** What names the adapter, the first that answers. */
  readonly nameTools: readonly NameTool[];
  /** How to get what it needs. */
  readonly fix: string;
  /** The same in a page, where that is something else. */
  readonly fixInPage?: string;
}

const nvidiaSmi: NameTool = {
  command: "nvidia-smi",
  parameters: ["--query-gpu=name", "--format=csv,noheader"],
  pattern: /^(.*)$/m,
};
const vulkanInfo: NameTool = { command: "vulkaninfo", parameters: ["--summary"], pattern: /deviceName\s*=\s*(.+)/ };

/** Every device, one row each, in the order in which the doctor shows them. */
const devices = {
  /** In Node the fastest kernels of this processor, in a page WebAssembly. */
  cpu: {
    gpu: false,
    provider: "cpu",
    residentOnGpu: false,
    blockedKernels: true,
    inPages: true,
    nameTools: [],
    fix: "report this with the graph's text form",
  },
  /** Any GPU with a driver for Vulkan, Metal or Direct3D 12, in Node and in a page. */
  webgpu: {
    gpu: true,
    // Static shapes: exact buffers are reused from run to run, where size buckets waste up to half of the memory.
    provider: {
      name: "webgpu",
      storageBufferCacheMode: "simple",
      preferredLayout: "NCHW",
    } as InferenceSession.ExecutionProviderConfig,
    residentOnGpu: true,
    blockedKernels: false,
    inPages: true,
    nameTools: [vulkanInfo, nvidiaSmi],
    fix: "install the GPU's driver and, on Linux, the Vulkan loader (Debian: libvulkan1 and mesa-vulkan-drivers, or NVIDIA's driver)",
    fixInPage: "use a browser with WebGPU on a page served over HTTPS or from localhost",
  },
  /** NVIDIA GPUs in Node on Linux x64. */
  cuda: {
    gpu: true,
    provider: "cuda",
    residentOnGpu: false,
    blockedKernels: false,
    inPages: false,
    nameTools: [nvidiaSmi],
    fix: "on Linux x64 with an NVIDIA GPU run `ONNXRUNTIME_NODE_INSTALL=cuda12 npm rebuild --ignore-scripts=false onnxruntime-node` and have CUDA and cuDNN 9 on the library path",
  },
} as const satisfies Readonly<Record<string, DeviceTraits>>;

export const deviceNames = keysOf(devices);
export type Device = (typeof deviceNames)[number];

/**
 * The row of a device.
 * @throws MaskconError "config" where none has this name.
 */
export function deviceOf(name: Device): DeviceTraits {
  if (Object.hasOwn(devices, name)) return devices[name];
  return fail("config", { where: "device", expected: `one of ${deviceNames.join(", ")}`, found: `"${name}"` });
}
