// Apart from the augmentations themselves, so that the schema of a run can name them.
/** Every augmentation, as settings name it; docs/method.md says what each does. */
export const augmentNames = [
  "crop-flip",
  "crop-flip-perspective",
  "crop-flip-autoaugment",
  "crop-flip-perspective-color",
  "crop-flip-affine",
] as const;

/** Name of an augmentation: one of `augmentNames`. */
export type AugmentName = (typeof augmentNames)[number];
