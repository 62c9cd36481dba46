export { type ByteRanges, withRanges } from "./byte-ranges.ts";
export { digestOf } from "./digest.ts";
export { fileFormat, SIGNATURE_BYTES } from "./file-format.ts";
export { isLfsPointer } from "./lfs-pointer.ts";
export { readBounded, readText } from "./read-file.ts";
export { readFully } from "./read-fully.ts";
export { regularFile, unreadable } from "./regular-file.ts";
export { refuseUrl, refuseUrlAs } from "./url.ts";
export { utf8Text } from "./utf8.ts";
