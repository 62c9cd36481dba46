import type { InferenceSession, Tensor } from "onnxruntime-common";
import { type DType, fail, type Shape, sizeOf, type TypedArrays } from "../../core/index.ts";
import { writeModel } from "../onnx/index.ts";
import {
  type Arrays,
  type Executor,
  type ExecutorOptions,
  type Program,
  type StateSlot,
  stateInput,
  stateOutput,
} from "./contract.ts";
import { deviceFailure, runtimeReason } from "./device-failure.ts";
import { type Device, deviceOf } from "./devices.ts";
import { waitingThreads } from "./waiting-threads.ts";

/** What `onnxruntime-node` and `onnxruntime-web` have in common, as far as it is used here. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: DType, data: TypedArrays[DType], dims: readonly number[]) => Tensor;
}

const emptyArray: Readonly<Record<DType, (n: number) => TypedArrays[DType]>> = {
  float32: (n) => new Float32Array(n),
  int32: (n) => new Int32Array(n),
  bool: (n) => new Uint8Array(n),
};

/** Runs programs over resident state in the calling thread; every run's outputs are the next run's inputs, never copied back. */
export class ResidentExecutor implements Executor {
  readonly #ort: OnnxRuntime;
  readonly #options: ExecutorOptions;
  readonly #state = new Map<string, Tensor>();
  readonly #sessions = new Map<string, InferenceSession>();
  readonly #fallbacks: Record<string, readonly string[]> = {};

  /** Bytes of state on the CPU that became garbage; whoever collects it sets this back. */
  bytesReplaced = 0;

  constructor(ort: OnnxRuntime, options: ExecutorOptions) {
    this.#ort = ort;
    this.#options = options;
    for (const [name, { dtype, shape }] of Object.entries(options.state)) {
      this.#state.set(name, this.#tensor(dtype, shape, emptyArray[dtype](sizeOf(shape))));
    }
  }

  /**
   * Tries a GPU at once, not only at the first run.
   * @throws MaskconError "device" where it is missing.
   */
  async probe(): Promise<void> {
    const { device } = this.#options;
    const { gpu, provider } = deviceOf(device);
    if (!gpu) return;
    const options = { executionProviders: [provider], logSeverityLevel: 4 } as const;
    const session = await this.#create(identityModel({ dtype: "float32", shape: [1] }), options, device);
    await session.release();
  }

  async run(name: string, feeds: Arrays): Promise<Arrays> {
    const program = this.#options.programs[name] ?? unknown(name, Object.keys(this.#options.programs));
    const session = await this.#session(name, program);
    const inputs: Record<string, Tensor> = {};
    for (const [feed, { dtype, shape }] of Object.entries(program.feeds)) {
      inputs[feed] = this.#tensor(dtype, shape, checkedFeed(feed, feeds[feed], { dtype, shape }));
    }
    for (const slot of program.reads) inputs[stateInput(slot)] = this.#slot(slot);
    const results = await session.run(inputs);
    for (const slot of program.writes) this.#replace(slot, results[stateOutput(slot)]!);
    return Object.fromEntries(program.fetches.map((fetch) => [fetch, results[fetch]!.data as TypedArrays[DType]]));
  }

  async write(slots: Arrays): Promise<void> {
    for (const [name, data] of Object.entries(slots)) {
      const slot = this.#options.state[name] ?? unknown(name, Object.keys(this.#options.state));
      this.#replace(name, this.#tensor(slot.dtype, slot.shape, checkedFeed(name, data, slot)));
    }
  }

  async read(slots: readonly string[]): Promise<Arrays> {
    const entries: [string, TypedArrays[DType]][] = [];
    for (const name of slots) {
      const tensor = this.#slot(name);
      const data = tensor.location === "gpu-buffer" ? await this.#download(name, tensor) : tensor.data;
      entries.push([name, (data as TypedArrays[DType]).slice()]);
    }
    return Object.fromEntries(entries);
  }

  async release(program: string): Promise<void> {
    await this.#sessions.get(program)?.release();
    this.#sessions.delete(program);
  }

  async fallbacks(): Promise<Readonly<Record<string, readonly string[]>>> {
    return this.#fallbacks;
  }

  async close(): Promise<void> {
    for (const tensor of this.#state.values()) tensor.dispose();
    this.#state.clear();
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  async #session(name: string, program: Program): Promise<InferenceSession> {
    let session = this.#sessions.get(name);
    if (session) return session;
    const { device } = this.#options;
    const options = sessionOptions(this.#options, program, `${name}`);
    if (!deviceOf(device).gpu) session = await this.#create(program.model, options, device);
    else {
      // The first attempt forbids operators to fall back to the CPU. If it fails, the second allows it and keeps the reason.
      const strict = {
        ...options,
        logSeverityLevel: 4,
        extra: { session: { ...waitingThreads(), disable_cpu_ep_fallback: "1" } },
      } as const;
      try {
        session = await this.#ort.InferenceSession.create(program.model, strict);
        this.#fallbacks[name] = [];
      } catch (error) {
        session = await this.#create(program.model, options, device);
        this.#fallbacks[name] = [runtimeReason(error)];
      }
    }
    this.#sessions.set(name, session);
    return session;
  }

  async #create(
    model: Uint8Array,
    options: InferenceSession.SessionOptions,
    device: Device,
  ): Promise<InferenceSession> {
    try {
      return await this.#ort.InferenceSession.create(model, options);
    } catch (error) {
      return deviceFailure(device, error);
    }
  }

  #tensor(dtype: DType, shape: Shape, data: TypedArrays[DType]): Tensor {
    return new this.#ort.Tensor(dtype, data, shape);
  }

  #slot(name: string): Tensor {
    return this.#state.get(name) ?? unknown(name, [...this.#state.keys()]);
  }

  #replace(slot: string, next: Tensor): void {
    const previous = this.#state.get(slot);
    if (previous && previous !== next) {
      if (previous.location === "gpu-buffer") previous.dispose();
      else this.bytesReplaced += 4 * previous.size;
    }
    this.#state.set(slot, next);
  }

  /** Reads a tensor on the GPU through a session whose output is on the CPU: `Tensor.getData` aborts Node. */
  async #download(name: string, tensor: Tensor): Promise<TypedArrays[DType]> {
    const { dtype, shape } = this.#options.state[name]!;
    const session = await this.#ort.InferenceSession.create(identityModel({ dtype, shape }), {
      executionProviders: [deviceOf(this.#options.device).provider],
    });
    try {
      const { y } = await session.run({ x: tensor });
      return y!.data as TypedArrays[DType];
    } finally {
      await session.release();
    }
  }
}

function sessionOptions(options: ExecutorOptions, program: Program, name: string): InferenceSession.SessionOptions {
  const { device, threads, optimize = "none", profile } = options;
  const { provider, residentOnGpu } = deviceOf(device);
  const locations = [
    ...program.writes.map((slot) => [stateOutput(slot), "gpu-buffer"] as const),
    ...program.fetches.map((fetch) => [fetch, "cpu"] as const),
  ];
  return {
    executionProviders: [provider],
    graphOptimizationLevel: optimize === "all" ? "all" : "disabled",
    // With memory patterns the arena keeps the pieces of the first run beside the one block of the pattern: twice the memory.
    enableMemPattern: false,
    logSeverityLevel: 3,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    extra: { session: waitingThreads() },
    ...(residentOnGpu ? { preferredOutputLocation: Object.fromEntries(locations) } : {}),
    ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: `${profile}-${name}` }),
  };
}

function identityModel({ dtype, shape }: StateSlot): Uint8Array {
  return writeModel({
    nodes: [{ op: "Identity", domain: "", name: "download", inputs: ["x"], outputs: ["y"], attributes: {} }],
    initializers: [],
    inputs: [{ name: "x", dtype, shape }],
    outputs: [{ name: "y", dtype, shape }],
    opsets: { "": 17 },
  });
}

function checkedFeed(name: string, data: TypedArrays[DType] | undefined, slot: StateSlot): TypedArrays[DType] {
  const expected = `${slot.dtype} of ${sizeOf(slot.shape)} values`;
  if (data === undefined) fail("shape", { where: name, expected, found: "nothing" });
  const kind = kindOf(data);
  if (kind !== slot.dtype || data.length !== sizeOf(slot.shape)) {
    fail("shape", { where: name, expected, found: `${kind} of ${data.length}` });
  }
  // ONNX Runtime does not read shared memory.
  return data.buffer instanceof ArrayBuffer ? data : data.slice();
}

function kindOf(data: unknown): string {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Int32Array) return "int32";
  return data instanceof Uint8Array ? "bool" : ((data as object).constructor?.name ?? typeof data);
}

function unknown(name: string, known: readonly string[]): never {
  fail("engine", { expected: `one of ${known.join(", ")}`, found: `"${name}"` });
}
