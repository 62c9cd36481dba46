import { z } from "zod";
import { augmentNames } from "../data/augment/names.ts";

const column = (of: string) =>
  z
    .string()
    .min(1)
    .optional()
    .meta({ description: `${of}; needed where its name is not a usual one`, value: "name" });

/** Each costs a forward and a backward pass. */
const MOST_CROPS = 16;

/** Reading and augmenting the images. */
export const dataPart = {
  batchSize: z.int().min(2).max(65_536).default(128).meta({ description: "images per step" }),
  crops: z.int().min(1).max(MOST_CROPS).default(1).meta({
    description: "query views of each image in a step, all compared with its one key (the paper: 1)",
    unit: "views",
  }),
  weak: z.enum(augmentNames).default("crop-flip").meta({ description: "augmentation of the key view" }),
  strong: z.enum(augmentNames).default("crop-flip-autoaugment").meta({ description: "augmentation of the query view" }),
  maxBad: z.int().min(0).default(0).meta({ description: "unreadable images to skip; one more stops the run" }),
  testFraction: z
    .number()
    .min(0)
    .max(0.9)
    .default(0.1)
    .meta({ description: "share of each class held out for testing where the data names no test images" }),
  coarseMap: z.string().min(1).optional().meta({
    description: "CSV with columns fine,coarse: the coarse class of each fine class, replacing the data's own",
  }),
  imageColumn: column(
    "column of the encoded images (Parquet) or image files (CSV), or part of a sample with the image (tar)",
  ),
  coarseColumn: column("column of the coarse labels, or key of a sample's JSON or part of a sample (tar)"),
  fineColumn: column("column of the fine labels"),
  trainImages: z
    .int()
    .min(2)
    .optional()
    .meta({ description: "train on this many of the images, drawn at random, the same in every run (default: all)" }),
  measureOn: z.enum(["test", "train"]).default("test").meta({
    description: "images that encoders are measured on; train: settings are chosen without a look at the test images",
  }),
  partial: z.boolean().default(false).meta({ description: "accept a named dataset with some of its files missing" }),
};
