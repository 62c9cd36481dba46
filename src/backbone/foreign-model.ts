import { fail } from "../core/index.ts";
import { type ByteRanges, fileFormat, SIGNATURE_BYTES, withRanges } from "../formats/index.ts";
import { externalFiles, type OnnxFile, readOnnx } from "../formats/onnx/index.ts";
import { refuseDetector } from "./detector.ts";
import { type FeatureOutput, featureOutput } from "./feature-output.ts";
import { type ImageInput, imageInput } from "./image-input.ts";
import { type Preprocessing, preprocessingBeside } from "./preprocessing.ts";

export interface ForeignModelOptions {
  /** Name of the output that gives the features. */
  readonly output?: string | undefined;
  /** Side in pixels, where the model takes any size. */
  readonly imageSize?: number | undefined;
}

/** What a foreign ONNX file says of itself. */
export interface ForeignModel {
  readonly file: string;
  readonly model: OnnxFile;
  /** Of the file alone. */
  readonly bytes: number;
  /** The files beside it that hold its numbers, with their bytes. */
  readonly filesBeside: ReadonlyMap<string, number>;
  readonly input: ImageInput;
  readonly output: FeatureOutput;
  /** Undefined where nothing beside the model says it. */
  readonly preprocessing: Preprocessing | undefined;
  /** Side in pixels at which it is run. */
  readonly imageSize: number;
}

/** Of models that take any size and say none. */
const USUAL_SIZE = 224;
const LARGEST_SIZE = 4096;
const MOST_FLOATS = 2 ** 28;

/**
 * Reads an ONNX file as a model of images, without running it.
 * @throws MaskconError "weights" where it is none, "usage" where an option does not fit it
 */
export async function readForeignModel(file: string, options: ForeignModelOptions): Promise<ForeignModel> {
  const { model, bytes } = await withRanges(file, readModelFile);
  const filesBeside = await externalFiles(file, model);
  // An output that somebody names is taken.
  if (options.output === undefined) refuseDetector(file, model);
  const input = imageInput(file, model.graph);
  const output = featureOutput(file, model.graph, options.output);
  const preprocessing = await preprocessingBeside(file);
  const imageSize = sizeFor(input, options.imageSize, preprocessing?.size);
  const batch = input.batch ?? 1;
  if (batch * 3 * imageSize ** 2 > MOST_FLOATS) {
    fail("weights", { where: file, expected: "at most 1 GB of images at once", found: `${batch} of ${imageSize} px` });
  }
  return { file, model, bytes, filesBeside, input, output, preprocessing, imageSize };
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

function sizeFor({ size, name }: ImageInput, asked: number | undefined, said: number | undefined): number {
  if (asked !== undefined && !(Number.isInteger(asked) && asked > 0 && asked <= LARGEST_SIZE)) {
    const expected = `a whole number from 1 to ${LARGEST_SIZE}`;
    fail("usage", { where: "--image-size", expected, found: String(asked) });
  }
  if (size === undefined) return asked ?? said ?? USUAL_SIZE;
  if (asked === undefined || asked === size) return size;
  return fail("usage", {
    where: "--image-size",
    expected: `${size}, which ${name} is fixed to`,
    found: String(asked),
    fix: "leave it out, or export the model with a free size",
  });
}
