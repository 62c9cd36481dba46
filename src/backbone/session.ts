import { env, InferenceSession, Tensor } from "onnxruntime-node";
import { fail, messageOf } from "../core/index.ts";
import { silenceTelemetry, waitingThreads } from "../engine/index.ts";
import { float16Of, float32Of } from "./float16.ts";
import type { ForeignModel } from "./foreign-model.ts";
import type { ImageInput } from "./image-input.ts";
import { type RunnableModel, tryInProcess } from "./trial-process.ts";

/** A foreign model in ONNX Runtime, as it is. */
export interface ForeignSession {
  /** The output for images [n, 3, S, S]. ONNX Runtime computes in this thread and keeps it until it is done. */
  run(images: Float32Array): Promise<{ readonly data: Float32Array; readonly shape: readonly number[] }>;
  /** `onnxruntime 1.30.0` */
  readonly runtime: string;
  close(): Promise<void>;
}

/**
 * Opens the model, or a changed copy of it.
 * @throws MaskconError "weights" where ONNX Runtime does not take the model, now or at a run
 */
export function openSession(model: ForeignModel, threads?: number, copy = model.file): Promise<ForeignSession> {
  const { name, kind } = model.output;
  return openTensor({ ...model, file: copy }, { name, what: `a ${kind}`, rank: ranks[kind] }, threads);
}

/** An output of a model. */
export interface WantedTensor {
  readonly name: string;
  /** For messages. */
  readonly what: string;
  /** Undefined: any. Its first dimension is the images'. */
  readonly rank?: number;
}

export async function openTensor(
  model: RunnableModel,
  { name, what, rank }: WantedTensor,
  threads?: number,
): Promise<ForeignSession> {
  const { file, input, imageSize } = model;
  silenceTelemetry();
  await tryInProcess(model, name);
  const session = await InferenceSession.create(file, {
    // ONNX Runtime's own lines on the terminal say nothing that its errors do not.
    logSeverityLevel: 4,
    // Its threads that wait would keep the cores from those that make the next images.
    extra: { session: { ...waitingThreads(), force_spinning_stop: "1" } },
    ...(threads !== undefined && { intraOpNumThreads: threads }),
  }).catch((error) => refuse(file, messageOf(error)));
  let unshared = new Float32Array(0);
  /** ONNX Runtime takes no shared memory, which is what loaders give. Fresh memory for each batch would cost ten times the copy. */
  const ownCopy = (images: Float32Array): Float32Array => {
    if (!(images.buffer instanceof SharedArrayBuffer)) return images;
    if (unshared.length < images.length) unshared = new Float32Array(images.length);
    const copy = unshared.subarray(0, images.length);
    copy.set(images);
    return copy;
  };
  return {
    run: async (images) => {
      const feeds = { [input.name]: imageTensor(ownCopy(images), input, imageSize) };
      const result = await session.run(feeds, [name]).catch((error) => refuse(file, messageOf(error)));
      const { data, dims } = result[name]!;
      const n = images.length / (3 * imageSize * imageSize);
      if (dims[0] !== n || dims.length !== (rank ?? dims.length) || dims.includes(0)) {
        return refuse(file, `an output [${dims.join(", ")}] in place of ${what} for each of ${n} images`);
      }
      return { data: data instanceof Float32Array ? data : float32Of(data as Uint16Array), shape: dims };
    },
    runtime: `onnxruntime ${env.versions.node ?? env.versions.common}`,
    close: () => session.release(),
  };
}

const ranks = { vector: 2, tokens: 3, map: 4 } as const;

const refuse = (where: string, found: string): never =>
  fail("weights", { where, expected: "a model that ONNX Runtime computes", found });

function imageTensor(images: Float32Array, { type, layout }: ImageInput, size: number): Tensor {
  const n = images.length / (3 * size * size);
  const isFirst = layout === "NCHW";
  const values = isFirst ? images : channelsLast(images, size * size);
  const dims = isFirst ? [n, 3, size, size] : [n, size, size, 3];
  if (type === "float16") return new Tensor(type, float16Of(values), dims);
  return new Tensor(type, values, dims);
}

/** [n, 3, pixels] as [n, pixels, 3] */
function channelsLast(images: Float32Array, pixels: number): Float32Array {
  const out = new Float32Array(images.length);
  for (let image = 0; image < images.length; image += 3 * pixels) {
    for (let channel = 0; channel < 3; channel++) {
      const from = image + channel * pixels;
      for (let i = 0; i < pixels; i++) out[image + 3 * i + channel] = images[from + i]!;
    }
  }
  return out;
}
