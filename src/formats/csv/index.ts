export { type CsvRow, checkWidth, csvRows, refuseTwice, separatorFix } from "./csv-rows.ts";
