import { z } from "zod";
import { backboneNames, backbones } from "../nn/index.ts";

/** A step refuses what is too small for its own backbone. */
const SMALLEST_IMAGE = Math.min(...Object.values(backbones).map(({ smallestImage }) => smallestImage));

/** The encoder and the square images it sees. */
export const backbonePart = {
  backbone: z.enum(backboneNames).default("resnet18").meta({ description: "encoder to train" }),
  imageSize: z
    .int()
    .min(SMALLEST_IMAGE)
    .max(1024)
    .default(32)
    .meta({ description: "side of the square images", unit: "px" }),
  init: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "safetensors file of a ResNet's weights (torchvision, timm, transformers)" }),
};
