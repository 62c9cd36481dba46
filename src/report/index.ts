export { type Column, neighboursPage } from "./neighbours-page.ts";
export { type Report, type ReportOptions, report } from "./report.ts";
