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
  shareCores,
  withSeeds,
  withSettings,
} from "./grid.ts";
export type { OpenImages } from "./images.ts";
export { withModelSizes } from "./model-sizes.ts";
export { paperGrid, withPreset } from "./paper-grids.ts";
export { otherImages, type PaperTable } from "./paper-numbers.ts";
export type { CompareRow } from "./rows.ts";
export { cellFolder } from "./run-cell.ts";
export { openState } from "./state.ts";
export type { Summary } from "./statistics.ts";
