export { readMat } from "./read-mat.ts";
export type { MatFile, MatValue } from "./values.ts";
