import { z } from "zod";

export const backboneNames = ["resnet18", "resnet34", "resnet50", "resnet20", "resnet32", "resnet56"] as const;

/** The encoder and the square images it sees. */
export const backbonePart = {
  backbone: z.enum(backboneNames).default("resnet18").meta({ description: "encoder to train" }),
  imageSize: z.int().min(8).max(1024).default(32).meta({ description: "side of the square images", unit: "px" }),
  init: z.string().min(1).optional().meta({ description: "safetensors file of initial weights (torchvision's names)" }),
};
