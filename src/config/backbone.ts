import { z } from "zod";
import { backboneNames, backbones } from "../nn/index.ts";

/** A step refuses what is too small for its own backbone. */
const SMALLEST_IMAGE = Math.min(...Object.values(backbones).map(({ smallestImage }) => smallestImage));

export type ModelFile = `${string}.onnx`;
const MODEL_ENDING = ".onnx";

/** Whether a backbone is somebody's model in a file. */
export const isModelFile = (backbone: unknown): backbone is ModelFile =>
  typeof backbone === "string" && backbone.endsWith(MODEL_ENDING);

/** The encoder and the square images it sees. */
export const backbonePart = {
  backbone: z
    .union([z.enum(backboneNames), z.templateLiteral([z.string(), z.literal(MODEL_ENDING)])], {
      error: `one of ${backboneNames.join(", ")}, or a file that ends in ${MODEL_ENDING}`,
    })
    .default("resnet18")
    .meta({ description: "encoder to train, or a pretrained model to train behind", ending: MODEL_ENDING }),
  imageSize: z
    .int()
    .min(SMALLEST_IMAGE)
    .max(1024)
    .default(32)
    .meta({ description: "side of the square images", unit: "px" }),
  init: z.string().min(1).optional().meta({
    description:
      "safetensors file of a ResNet's weights (torchvision, timm, transformers); of a model from a file the run whose head is taken",
  }),
};
