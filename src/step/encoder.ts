import { fail, showShape, type Tensors } from "../core/index.ts";
import type { Device } from "../engine/index.ts";
import { type NetworkOptions, networkOf } from "../nn/index.ts";
import { encoderModel, encoderNames } from "./encoder-model.ts";
import type { Host } from "./host.ts";

/** Which encoder `compileEncoder` compiles, and for what. */
export interface CompileEncoderOptions extends NetworkOptions {
  /** N: images of every call of `embed`. */
  readonly batchSize: number;
  /** Where it computes. */
  readonly device: Device;
  /** Threads inside an operator on the CPU; all cores by default. */
  readonly threads?: number;
}

/** The backbone in evaluation mode. */
export interface Encoder {
  /** F: the width of a feature row. */
  readonly featureDim: number;
  /** Takes a step's state or the backbone's own tensors; the previous weights are freed. */
  load(tensors: Tensors): Promise<void>;
  /** Images [batchSize, 3, S, S] (an adapter: features [batchSize, F]) -> features [batchSize, F], not normalised. */
  embed(input: Float32Array): Promise<Float32Array>;
  /** Frees the weights and the device's memory. */
  close(): Promise<void>;
}

/** Weights become constants of the model, so that ONNX Runtime folds the normalisations into the convolutions. */
export async function compileEncoderOn(host: Host, options: CompileEncoderOptions): Promise<Encoder> {
  const { batchSize, device, threads } = options;
  const { inputShape, featureDim } = networkOf(options);
  const { input: name } = encoderNames(options);
  const feeds = { [name]: { dtype: "float32", shape: [batchSize, ...inputShape] } } as const;
  let executor: Awaited<ReturnType<Host["open"]>> | undefined;
  return {
    featureDim,
    async load(tensors) {
      const model = encoderModel(options, tensors);
      const encode = { model, feeds, reads: [], writes: [], fetches: ["features"] };
      const next = await host.open({ device, threads, state: {}, programs: { encode }, optimize: "all" });
      await executor?.close();
      executor = next;
    },
    async embed(input) {
      if (!executor)
        fail("weights", { where: "embed", expected: "an encoder with weights", found: "none", fix: "call load first" });
      const { features } = await executor.run("encode", { [name]: input });
      if (features!.length !== batchSize * featureDim) {
        fail("engine", { expected: showShape([batchSize, featureDim]), found: `${features!.length} values` });
      }
      return features as Float32Array;
    },
    async close() {
      await executor?.close();
      executor = undefined;
    },
  };
}
