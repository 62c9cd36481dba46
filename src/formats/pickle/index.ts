export { readPickle } from "./read-pickle.ts";
export { fileTape } from "./tape.ts";
export { FileSlice, NdArray, type PickleDict, type PickleValue } from "./values.ts";
