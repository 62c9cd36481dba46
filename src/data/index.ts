export { type AugmentName, augmentNames } from "./augment/views.ts";
export {
  type Dataset,
  type ImageSource,
  idOf,
  type LoadedData,
  type Normalization,
  type Pixels,
  type SkippedFile,
  type TestTransform,
  testTransform,
} from "./dataset.ts";
export { createEvalLoader, type EvalLoader, type EvalLoaderOptions, type ImageBatch } from "./loader/eval-loader.ts";
export {
  createTrainLoader,
  type TrainBatch,
  type TrainLoader,
  type TrainLoaderOptions,
} from "./loader/train-loader.ts";
export { type OpenOptions, openData, openImages } from "./open.ts";
export { readImage } from "./read-image.ts";
export { fashionMnistDemo } from "./sources/fashion-mnist-package.ts";
