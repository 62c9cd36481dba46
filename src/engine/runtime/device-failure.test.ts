import { describe, expect, test } from "vitest";
import { MaskconError } from "../../core/index.ts";
import { deviceFailure, runtimeReason } from "./device-failure.ts";

/** As ONNX Runtime 1.30 says it. */
const messages = {
  webgpu:
    "/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize(const onnxruntime::webgpu::WebGpuContextConfig&)::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n",
  cuda: "OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library",
  model:
    "[ONNXRuntimeError] : 10 : INVALID_GRAPH : This is an invalid model. Type Error: Type 'tensor(bool)' of input parameter (t48) is invalid.",
};

test("a reason is what a reader can use of the message", () => {
  expect(runtimeReason(new Error(messages.webgpu))).toBe("no GPU adapter that WebGPU can use");
  expect(runtimeReason(new Error(messages.cuda))).toBe("no provider library installed");
  expect(runtimeReason(new Error(messages.model))).toMatch(/^This is an invalid model\. Type Error/);
  expect(runtimeReason("something else")).toBe("something else");
});

describe.each(["webgpu", "cuda"] as const)("a missing %s", (device) => {
  test("is one line that names the device, what was found and what to do", () => {
    let error: unknown;
    try {
      deviceFailure(device, new Error(messages[device]));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MaskconError);
    const { code, message, failure } = error as MaskconError;
    expect(code).toBe("device");
    expect(message).toMatch(new RegExp(`^device ${device}: expected a working ${device} device, found no .*; .+`));
    expect(message).not.toContain("\n");
    expect(failure.fix).toMatch(device === "cuda" ? /npm rebuild --ignore-scripts=false onnxruntime-node/ : /Vulkan/);
  });
});
