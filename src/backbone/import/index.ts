export { type ImportedPart, type ImportOptions, importPart } from "./import-part.ts";
export type { ImportedParameter } from "./parameters.ts";
export { readParameters } from "./read-parameters.ts";
export type { PartWeights } from "./write-part.ts";
