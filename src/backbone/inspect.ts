import { InferenceSession, Tensor } from "onnxruntime-node";
import { fail, messageOf, sizeOf } from "../core/index.ts";
import { silenceTelemetry } from "../engine/index.ts";
import { type ByteRanges, fileFormat, SIGNATURE_BYTES, withRanges } from "../formats/index.ts";
import { externalFiles, type OnnxFile, readOnnx, tensorsOf } from "../formats/onnx/index.ts";
import { type Cut, cutsOf, valueNodes } from "./cuts.ts";
import { type FeatureOutput, featureOutput, poolingOf } from "./feature-output.ts";
import { type ImageInput, imageInput } from "./image-input.ts";
import { type Preprocessing, preprocessingBeside } from "./preprocessing.ts";
import { untrainable } from "./trainable.ts";

/** What a foreign model is, and what can be done with it. */
export interface BackboneFacts {
  readonly file: string;
  /** Of the file and of those beside it that hold its numbers. */
  readonly bytes: number;
  readonly producer: string;
  readonly opset: number;
  readonly input: ImageInput;
  readonly output: FeatureOutput & {
    /** For one image. */
    readonly shape: readonly number[];
    /** How a vector is made of it, in words. */
    readonly pooling: string;
  };
  readonly otherOutputs: readonly string[];
  /** Numbers of the operators, the most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: number;
  /** Side in pixels at which it was tried. */
  readonly imageSize: number;
  readonly millisecondsPerImage: number;
  /** Absent where nothing beside the model says it. */
  readonly preprocessing?: Preprocessing;
  /** Why its weights cannot be trained; empty where they can. */
  readonly untrainable: readonly string[];
  /** Blocks from the last: those behind the n-th cut. Empty where its weights cannot be trained. */
  readonly cuts: readonly Cut[];
}

export interface InspectOptions {
  /** Name of the output that gives the features. */
  readonly output?: string | undefined;
  /** Side in pixels, where the model takes any size. */
  readonly imageSize?: number | undefined;
}

/** Of models that take any size and say none. */
const USUAL_SIZE = 224;
const TRIALS = 3;

/**
 * Looks at an ONNX file as a backbone: reads what it says of itself, and runs it on one black image.
 * @throws MaskconError "weights" where it is no model of images that ONNX Runtime computes, "usage" where an option does not fit it
 */
export async function inspectBackbone(file: string, options: InspectOptions = {}): Promise<BackboneFacts> {
  const { model, bytes } = await withRanges(file, readModelFile);
  const beside = await externalFiles(file, model);
  const input = imageInput(file, model.graph);
  const output = featureOutput(file, model.graph, options.output);
  const preprocessing = await preprocessingBeside(file);
  const imageSize = sizeFor(input, options.imageSize ?? preprocessing?.size);
  const trial = await tryOne(file, input, output.name, imageSize);
  const nodes = valueNodes(model.graph, input.name, output.name);
  const reasons = untrainable(model, nodes);
  return {
    ...{ file, producer: model.producer, opset: model.opsets.get("") ?? 0, input },
    bytes: [...beside.values()].reduce((sum, size) => sum + size, bytes),
    output: { ...output, shape: trial.shape, pooling: poolingOf(output.kind, trial.shape) },
    otherOutputs: model.graph.outputs.map(({ name }) => name).filter((name) => name !== output.name),
    operators: countOperators(model),
    parameters: [...tensorsOf(model.graph)].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    ...{ imageSize, millisecondsPerImage: trial.milliseconds, untrainable: reasons },
    ...(preprocessing && { preprocessing }),
    cuts: reasons.length > 0 ? [] : cutsOf(model.graph, input.name, output.name),
  };
}

/** A file of another format is called by its name, not by the first byte that is wrong for this one. */
async function readModelFile(ranges: ByteRanges): Promise<{ model: OnnxFile; bytes: number }> {
  try {
    return { model: await readOnnx(ranges), bytes: ranges.size };
  } catch (error) {
    const start = await ranges.read(0, Math.min(SIGNATURE_BYTES, ranges.size));
    const isSafetensors = start[8] === BRACE && !start.subarray(4, 8).some(Boolean);
    const format = fileFormat(start);
    if (!isSafetensors && (format === undefined || format.name === "onnx")) throw error;
    const found = isSafetensors ? "a safetensors file" : format!.what;
    const fix = isSafetensors ? "export the model as ONNX, or give a ResNet's weights as --init" : EXPORT;
    return fail("weights", { where: ranges.file, expected: "an ONNX model", found, fix }, error);
  }
}

const BRACE = 0x7b;
const EXPORT = "export the model as ONNX";

function sizeFor({ size, name }: ImageInput, asked: number | undefined): number {
  if (size === undefined) return asked ?? USUAL_SIZE;
  if (asked === undefined || asked === size) return size;
  return fail("usage", {
    where: "--image-size",
    expected: `${size}, which ${name} is fixed to`,
    found: String(asked),
    fix: "leave it out, or export the model with a free size",
  });
}

/** The features' shape for one image, and the fastest of a few runs. */
async function tryOne(file: string, input: ImageInput, output: string, size: number) {
  silenceTelemetry();
  // ONNX Runtime's own lines on the terminal say nothing that its errors do not.
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 }).catch((error) =>
    refuse(file, messageOf(error)),
  );
  try {
    const batch = input.batch ?? 1;
    const dims = input.layout === "NCHW" ? [batch, 3, size, size] : [batch, size, size, 3];
    const zeros = input.type === "float16" ? new Uint16Array(sizeOf(dims)) : new Float32Array(sizeOf(dims));
    const feeds = { [input.name]: new Tensor(input.type, zeros, dims) };
    let milliseconds = Number.POSITIVE_INFINITY;
    let shape: readonly number[] = [];
    for (let i = 0; i < TRIALS; i++) {
      const start = performance.now();
      const result = await session.run(feeds, [output]).catch((error) => refuse(file, messageOf(error)));
      milliseconds = Math.min(milliseconds, (performance.now() - start) / batch);
      shape = result[output]!.dims;
    }
    return { shape: [1, ...shape.slice(1)], milliseconds };
  } finally {
    await session.release();
  }
}

const refuse = (where: string, found: string): never =>
  fail("weights", { where, expected: "a model that ONNX Runtime computes", found });

function countOperators({ graph }: OnnxFile): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { op, domain } of graph.nodes) {
    const name = domain === "" ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
