/** What needs the types of a platform: those of a page or of Node. It is compiled, never run. */
import { type CompareOptions, compare, type OpenImages, openData, parseGrid, type StopSignal } from "maskcon";
import { onnxRuntime } from "maskcon/browser";

const controller = new AbortController();
export const signal: StopSignal = controller.signal;
export const back: AbortSignal = signal;
export const images = openData("pictures", { signal: controller.signal });

/** The signal that is handed over is the platform's. */
const open: OpenImages = async (config, stop?: AbortSignal) => {
  stop?.addEventListener("abort", () => controller.abort(stop.reason), { once: true });
  return openData("pictures", { imageSize: config.imageSize, signal: stop });
};
const options: CompareOptions = { out: "comparison", source: "pictures", open, signal: controller.signal };
export const compared = compare(parseGrid("grid", {}), options);

onnxRuntime.wasm.wasmPaths = { wasm: new URL("https://example.org/ort.wasm"), mjs: "/ort.mjs" };
