/**
 * The settings of ONNX Runtime that a page may need. The object is `env` of `onnxruntime-web`, which has further ones:
 * https://onnxruntime.ai/docs/api/js/interfaces/Env.html
 */
export interface OnnxRuntimeSettings {
  logLevel?: "verbose" | "info" | "warning" | "error" | "fatal";
  debug?: boolean;
  readonly wasm: {
    /** Where the `.wasm` and `.mjs` files lie: a folder, or each one's own address (a `URL` or its text). */
    wasmPaths?: string | { wasm?: string | { readonly href: string }; mjs?: string | { readonly href: string } };
    /** The content of the `.wasm` file, in place of its address. */
    wasmBinary?: ArrayBufferLike | Uint8Array;
    /** Threads of the CPU; more than one needs a page that is cross-origin isolated. */
    numThreads?: number;
    /** Compute in a worker of ONNX Runtime's own; not with WebGPU. */
    proxy?: boolean;
    /** Milliseconds until a start that does not end is an error; 0: never. */
    initTimeout?: number;
  };
  readonly webgpu: {
    powerPreference?: "low-power" | "high-performance";
    forceFallbackAdapter?: boolean;
    /** The `GPUDevice` in use, once there is one. */
    readonly device: Promise<unknown>;
  };
}
