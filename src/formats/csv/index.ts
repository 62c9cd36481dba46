export { type CsvRow, checkWidth, csvRows, separatorFix } from "./csv-rows.ts";
