export { barChart } from "./bar.ts";
export { type LineSeries, lineChart, type Point } from "./line.ts";
export { palette } from "./palette.ts";
