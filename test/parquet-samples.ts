import { type FileMetaData, parquetMetadata } from "hyparquet";
import { ByteWriter } from "hyparquet-writer";
import { writeMetadata } from "hyparquet-writer/src/metadata.js";

/** A Parquet file with another footer to the same pages. */
export function withFooter(bytes: Uint8Array, change: (metadata: FileMetaData) => FileMetaData): Uint8Array {
  const length = new DataView(bytes.buffer).getUint32(bytes.length - 8, true);
  const writer = new ByteWriter();
  writer.appendBytes(bytes.subarray(0, bytes.length - 8 - length));
  writeMetadata(writer, change(parquetMetadata(bytes.slice().buffer)));
  writer.appendUint32(0x31524150);
  return writer.getBytes();
}
