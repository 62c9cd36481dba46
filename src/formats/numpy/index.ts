export { openNpz } from "./npz.ts";
export { npyArray, npyValues } from "./read-npy.ts";
export { writeNpy } from "./write-npy.ts";
