export { externalFiles, tensorsOf } from "./external-data.ts";
export type * from "./onnx-model.ts";
export { readOnnx } from "./read-onnx.ts";
