export type { OpenedData } from "./collect.ts";
export { breakable, html, type Markup, trusted } from "./html.ts";
export { type Column, neighboursPage } from "./neighbours-page.ts";
export { page } from "./page.ts";
export { type Report, type ReportOptions, report } from "./report.ts";
export { thumbnail } from "./thumbnail.ts";
