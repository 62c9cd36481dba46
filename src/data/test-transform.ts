import type { Normalization } from "./dataset.ts";
import { type DecodeStep, decodeSteps } from "./images/decode-steps.ts";

/** What turns the file of a test image into the network's input; an exported encoder's manifest carries it. */
export interface TestTransform {
  /** What is done, in this order; the other fields say how. */
  readonly order: readonly ["decode", "resize", "scale", "mean", "std", "layout"];
  /** From the file to 8-bit RGB, in this order. */
  readonly decode: readonly DecodeStep[];
  readonly resize: {
    readonly width: number;
    readonly height: number;
    readonly keepAspect: false;
    readonly interpolation: "bilinear";
    readonly antialias: true;
    /** A function that computes it bit for bit. */
    readonly reference: string;
  };
  readonly color: "RGB";
  readonly layout: "NCHW";
  /** Bytes are multiplied by this before mean and std. */
  readonly scale: number;
  /** Subtracted, for each channel. */
  readonly mean: readonly [number, number, number];
  /** Divided by, for each channel. */
  readonly std: readonly [number, number, number];
}

/** The evaluation transform: decode, resize to a square (PIL's antialiased bilinear, aspect not kept), scale, normalise. */
export function testTransform(imageSize: number, normalization: Normalization): TestTransform {
  return {
    order: ["decode", "resize", "scale", "mean", "std", "layout"],
    decode: decodeSteps,
    resize: {
      width: imageSize,
      height: imageSize,
      keepAspect: false,
      interpolation: "bilinear",
      antialias: true,
      reference: `PIL.Image.Image.resize((${imageSize}, ${imageSize}), PIL.Image.BILINEAR)`,
    },
    color: "RGB",
    layout: "NCHW",
    scale: 1 / 255,
    mean: normalization.mean,
    std: normalization.std,
  };
}
