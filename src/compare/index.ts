export { type Cell, cellsOf } from "./cells.ts";
export { commandOf, flagsOf, quoted } from "./command-line.ts";
export { type CompareOptions, type CompareResult, compare } from "./compare.ts";
export type { CompareEvent } from "./events.ts";
export { type Grid, gridFlags, parseGrid, readGrid, shareCores, withSettings } from "./grid.ts";
export { paperGrid, paperNames, scales } from "./paper-grids.ts";
export type { Row } from "./rows.ts";
export { cellFolder } from "./run-cell.ts";
export { openState } from "./state.ts";
