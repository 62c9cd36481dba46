export { type AugmentName, augmentNames } from "./augment/views.ts";
export { checkData, type DatasetName, datasetNames, isSound } from "./check/index.ts";
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
export { type GetOptions, type Got, getData, withAddresses } from "./download/index.ts";
export { createEvalLoader, type EvalLoader, type EvalLoaderOptions, type ImageBatch } from "./loader/eval-loader.ts";
export {
  createTrainLoader,
  type TrainBatch,
  type TrainLoader,
  type TrainLoaderOptions,
} from "./loader/train-loader.ts";
export { type OpenOptions, openData, openImages } from "./open.ts";
export { readImage } from "./read-image.ts";
export type { DatasetCheck } from "./sources/check.ts";
export { fashionMnistDemo } from "./sources/fashion-mnist-package.ts";
export { type FineLabels, readFineLabels } from "./sources/fine-labels.ts";
