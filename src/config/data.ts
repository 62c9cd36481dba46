import { z } from "zod";
import { augmentNames } from "../data/index.ts";

/** Reading and augmenting the images. */
export const dataPart = {
  batchSize: z.int().min(2).max(65_536).default(128).meta({ description: "images a step" }),
  weak: z.enum(augmentNames).default("crop-flip").meta({ description: "augmentation of the key view" }),
  strong: z.enum(augmentNames).default("crop-flip-autoaugment").meta({ description: "augmentation of the query view" }),
  maxBad: z.int().min(0).default(0).meta({ description: "unreadable images to skip before giving up" }),
  testFraction: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .meta({ description: "share of each class held out for testing where the data names no test images" }),
  partial: z.boolean().default(false).meta({ description: "accept a named dataset with some of its files missing" }),
};
