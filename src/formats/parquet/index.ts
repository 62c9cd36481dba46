export { chunkOf } from "./chunk.ts";
export { columnType, typeName, wholeNumber } from "./column-type.ts";
export { type Footer, type Leaf, readFooter } from "./footer.ts";
export { type NumberColumn, numbersOfColumn } from "./number-column.ts";
export { columnValues } from "./read-column.ts";
export type { ParquetValue } from "./values.ts";
export { type ParquetColumn, type ParquetRows, writeParquet } from "./write-parquet.ts";
