export { checkStructure } from "./check-structure.ts";
export type {
  OnnxAttribute,
  OnnxDType,
  OnnxInput,
  OnnxModel,
  OnnxModelToWrite,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from "./model.ts";
export { readModel } from "./read.ts";
export { writeModel } from "./write.ts";
