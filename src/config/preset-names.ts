/** In a file of their own, because the schema names them and the presets need the schema's types. */
export const presetNames = [
  "cifartoy-good",
  "cifartoy-bad",
  "cifar100",
  "imagenet32",
  "sop-split1",
  "sop-split2",
  "cars196",
  "start",
  "cpu-small",
  "gpu-small",
  "demo",
] as const;
export type PresetName = (typeof presetNames)[number];
