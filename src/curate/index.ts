export { type ExportedFolders, exportFolders, type FolderOptions } from "./export-folders.ts";
export { groupsCsv, writeGroupsParquet } from "./group-lists.ts";
export { partsAlongTree } from "./parts-along-tree.ts";
export {
  type ClassOfGroups,
  type GroupScores,
  type ProposedGroups,
  type ProposeGroupsOptions,
  proposeForCollection,
} from "./propose.ts";
