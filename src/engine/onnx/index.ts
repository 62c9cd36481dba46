export { checkStructure } from "./check-structure.ts";
export type { OnnxAttribute, OnnxDType, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from "./model.ts";
export { readModel } from "./read.ts";
export { writeModel } from "./write.ts";
