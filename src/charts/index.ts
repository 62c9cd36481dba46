export { type BarChart, type BarSeries, barChart } from "./bar.ts";
export { type LineChart, type LineSeries, lineChart, type Point } from "./line.ts";
export { palette } from "./palette.ts";
