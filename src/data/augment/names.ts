/** Apart from the augmentations themselves, so that the schema of a run can name them. */
export const augmentNames = [
  "crop-flip",
  "crop-flip-perspective",
  "crop-flip-autoaugment",
  "crop-flip-perspective-color",
  "crop-flip-affine",
] as const;

export type AugmentName = (typeof augmentNames)[number];
