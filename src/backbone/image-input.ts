import { fail, firstFew } from "../core/index.ts";
import type { OnnxFileGraph, OnnxFileValue } from "../formats/onnx/index.ts";

/** The input of a foreign model that takes the images. */
export interface ImageInput {
  readonly name: string;
  readonly type: "float32" | "float16";
  readonly layout: "NCHW" | "NHWC";
  /** Side of the square in pixels; absent where the model takes any. */
  readonly size?: number;
  /** Images that it takes at once; absent where any number. */
  readonly batch?: number;
}

const EXPECTED = "a model with one input, images [N, 3, S, S] or [N, S, S, 3] of float32 or float16";

/**
 * The image input of a foreign graph. Names that are initialisers, too, are no inputs: files before IR version 4 list them so.
 * @throws MaskconError "weights" where there is none or another input beside it, saying what the inputs are
 */
export function imageInput(file: string, { inputs, tensors }: OnnxFileGraph): ImageInput {
  const known = new Set(tensors.map(({ name }) => name));
  const open = inputs.filter(({ name }) => !known.has(name));
  const images = open.map(asImages);
  const [only] = images;
  if (open.length === 1 && only) return only;
  const found = open.length === 0 ? "no input" : firstFew(open.map(valueText), { most: 4 });
  return fail("weights", { where: file, expected: EXPECTED, found, fix: advice(open, images.some(Boolean)) });
}

function advice(open: readonly OnnxFileValue[], hasImages: boolean): string {
  if (hasImages) return "export the part that takes images alone (of CLIP the vision model)";
  const isText = open.some(({ type, shape }) => type === "int64" && shape?.length === 2);
  return isText ? "this is a text model; give one of images" : "give a model of images, exported with a square size";
}

/** A value as images; undefined where it cannot be. */
function asImages({ name, type, shape }: OnnxFileValue): ImageInput | undefined {
  if ((type !== "float32" && type !== "float16") || shape?.length !== 4) return undefined;
  const [batch, second, third, last] = shape;
  const isLast = last === 3 && second !== 3;
  if (!isLast && second !== 3 && typeof second !== "string") return undefined;
  const [height, width] = isLast ? [second, third] : [third, last];
  if (typeof height === "number" && typeof width === "number" && height !== width) return undefined;
  const size = [height, width].find(isFixed);
  return {
    ...{ name, type, layout: isLast ? "NHWC" : "NCHW" },
    ...(size !== undefined && { size }),
    ...(isFixed(batch) && { batch }),
  };
}

/** Some exporters write -1 for any size. */
const isFixed = (dim: number | string | undefined): dim is number => typeof dim === "number" && dim > 0;

/** `pixel_values float32 [N, 3, 224, 224]` */
export function valueText({ name, type, shape }: OnnxFileValue): string {
  const dims = shape?.map((dim) => (dim === "" ? "?" : String(dim).slice(0, 40))).join(", ");
  return `${name.slice(0, 100)} ${type}${dims === undefined ? "" : ` [${dims}]`}`;
}
