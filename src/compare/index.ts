export { type Cell, cellsOf } from "./cells.ts";
export { commandOf } from "./command-line.ts";
export { type CompareOptions, type CompareResult, compare } from "./compare.ts";
export type { CompareEvent } from "./events.ts";
export {
  type Grid,
  gridFlags,
  type MethodEntry,
  parseGrid,
  readGrid,
  type SettingValues,
  shareCores,
  withSeeds,
  withSettings,
} from "./grid.ts";
export type { OpenImages } from "./images.ts";
export type { Kind } from "./matters.ts";
export { withModelSizes } from "./model-sizes.ts";
export { paperGrid, withPreset } from "./paper-grids.ts";
export { otherImages, type PaperImages, type PaperTable, type Reported } from "./paper-numbers.ts";
export type { CompareRow, RecallKind } from "./rows.ts";
export { cellFolder } from "./run-cell.ts";
export { openState } from "./state.ts";
export type { Summary } from "./statistics.ts";
