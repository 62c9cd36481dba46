export { openNpz } from "./npz.ts";
export { writeNpy } from "./write-npy.ts";
