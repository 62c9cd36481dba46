import { sizeOf } from "../../core/index.ts";
import type { Convolution, Pair } from "../graph/index.ts";
import type { Emitter, NodeAttributes } from "./definition.ts";

/** A convolution as an ONNX node has it; without strides they are 1. */
type ConvolutionNode = Omit<Convolution, "strides"> & { readonly kernel: Pair; readonly strides?: Pair };

/** The attributes of ONNX's Conv and of the blocked one. */
export function convAttributes({ kernel, strides, pads, dilations, groups }: ConvolutionNode): NodeAttributes {
  return {
    kernel_shape: kernel,
    ...(strides ? { strides } : {}),
    pads,
    ...(sizeOf(dilations) > 1 ? { dilations } : {}),
    ...(groups > 1 ? { group: groups } : {}),
  };
}

/** A standard Conv of tensors in plain order. */
export function plainConvolution(emit: Emitter, x: string, weight: string, convolution: ConvolutionNode): string {
  const { pads: _, ...others } = convAttributes(convolution);
  const { kernel, pads } = convolution;
  // ONNX Runtime 1.30's WebGPU provider overlooks trailing pads of a 1x1 kernel.
  const padFirst = sizeOf(kernel) === 1 && pads.some((pad) => pad > 0);
  if (!padFirst) return emit.node("Conv", [x, weight], convAttributes(convolution));
  const [top, left, bottom, right] = pads;
  const padded = emit.node("Pad", [x, emit.ints([0, 0, top, left, 0, 0, bottom, right])]);
  return emit.node("Conv", [padded, weight], others);
}
