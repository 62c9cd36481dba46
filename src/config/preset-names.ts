import type { DatasetName } from "../data/index.ts";

/** The paper's datasets. Each has a preset of its name, and a table of the paper. */
const paperSets = [
  "cifartoy-good",
  "cifartoy-bad",
  "cifar100",
  "imagenet32",
  "sop-split1",
  "sop-split2",
  "cars196",
] as const satisfies readonly DatasetName[];
export type PaperSet = (typeof paperSets)[number];

// In a file of their own, because the schema names them and the presets need the schema's types.
/** Every preset; `presets` has their values. */
export const presetNames = [...paperSets, "start", "pretrained", "finetune", "cpu-small", "gpu-small", "demo"] as const;
/** Name of a preset: one of `presetNames`. */
export type PresetName = (typeof presetNames)[number];
