import { fail, messageOf } from "../../core/index.ts";
import { type Device, deviceOf } from "./devices.ts";

/** How to get what a device needs. */
export function deviceFix(device: Device): string {
  const { fix, fixInPage = fix } = deviceOf(device);
  return typeof process === "object" && process.versions?.node ? fix : fixInPage;
}

/** The reason in an ONNX Runtime message: without source files, signatures and the condition that was false. */
export function runtimeReason(error: unknown): string {
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
  const expected = deviceOf(device).gpu ? `a working ${device} device` : "a graph that ONNX Runtime takes";
  fail("device", { where: `device ${device}`, expected, found: runtimeReason(error), fix: deviceFix(device) }, error);
}
