export { type DrawnPair, type DrawnPairs, drawPairs, type PairOptions } from "./draw-pairs.ts";
export { type ExportedFolders, exportFolders, type FolderOptions } from "./export-folders.ts";
export { groupsCsv, writeGroupsParquet } from "./group-lists.ts";
export { pairsCsv, readPairs } from "./pair-lists.ts";
export { partsAlongTree } from "./parts-along-tree.ts";
export {
  type ClassOfGroups,
  type GroupScores,
  type ProposedGroups,
  type ProposeGroupsOptions,
  proposeForCollection,
} from "./propose.ts";
export { type Estimate, type PairAnswer, type PairScores, type ScoredSide, scorePairs } from "./score-pairs.ts";
