export { writeNpy } from "../formats/numpy/index.ts";
export { checkNew, checkPlace } from "./check-place.ts";
export { checkFeaturesName, embedImages } from "./embed-images.ts";
export { type ExportOptions, exportEncoder, manifestFile } from "./encoder.ts";
export type { EncoderManifest, TensorContract } from "./manifest.ts";
export { exportModelEncoder, type ModelExportOptions } from "./model-encoder.ts";
export { writeEncoder } from "./run-encoder.ts";
