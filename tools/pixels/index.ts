/** Work on pixels that JavaScript has no vectors for; see README.md. Memory belongs to the caller. */
export { blurColumns, blurRows } from "./blur";
export { blendBytes, saturate, sumOfLumas } from "./enhance";
export { normalizePlanes } from "./normalize";
export { perspective } from "./perspective";
export { resampleColumns, resampleRows } from "./resample";
