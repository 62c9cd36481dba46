/**
 * All that is used of hyparquet. Its own readers decode whole row groups, trust the lengths that a file claims, and turn
 * stored values into JavaScript's. Here one page is in memory at a time, every header is walked before it is parsed
 * (`walkThrift`), and values stay as they are stored. That takes parts which its index does not export; its package.json
 * exports them as `./src/*.js`, and the version is pinned.
 */

export type {
  ColumnMetaData,
  CompressionCodec,
  Encoding,
  FileMetaData,
  PageHeader,
  ParquetType,
  SchemaElement,
  SchemaTree,
} from "hyparquet";
export { parquetMetadata, parquetSchema } from "hyparquet";
export { parquetHeader } from "hyparquet/src/column.js";
export { deltaBinaryUnpack } from "hyparquet/src/delta.js";
export { readPlain } from "hyparquet/src/plain.js";
export { readVarInt } from "hyparquet/src/thrift.js";
