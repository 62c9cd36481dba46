export type {
  AssignEdit,
  CollectionEdit,
  DropEdit,
  KeepEdit,
  MergeEdit,
  NameEdit,
  ProposeEdit,
  RelabelEdit,
  RestoreEdit,
  SplitEdit,
} from "./actions/edits.ts";
export type { KeptKind } from "./actions/keep.ts";
export type { NewRows } from "./add-part.ts";
export { checkCollection } from "./check.ts";
export type { ClassNumbers } from "./class-numbers.ts";
export { type CollectOptions, type CollectResult, collectImages } from "./collect.ts";
export { encoderFile } from "./collection-encoder.ts";
export type { ImageSet } from "./compare-images.ts";
export { type CollectionEditor, editCollection } from "./edit.ts";
export { type GroupProposal, type ProposedClass, proposedCount } from "./groups/proposal.ts";
export type { CollectionGroup, ProposedPlace, RowGroups } from "./groups/row-groups.ts";
export { groupsMade, type PastAction } from "./history.ts";
export { formatIds, listIds, parseIds } from "./id-ranges.ts";
export type { JournalEntry, JournalValues } from "./journal-lines.ts";
export type { KeptRows } from "./kept.ts";
export { readKnownImages } from "./known-files.ts";
export { liveVectors } from "./live-vectors.ts";
export { type Collection, openCollection } from "./open.ts";
export { openThumbnails } from "./open-thumbnails.ts";
export { type OriginalPicture, openOriginal } from "./original.ts";
export type { VectorKind } from "./part-files.ts";
export { readThumbnails, type Thumbnails, thumbnailUris } from "./read-tiles.ts";
export type {
  CollectionEncoder,
  CollectionPart,
  CollectionRecord,
  CollectionSource,
  FrozenModel,
  SourceReading,
} from "./record.ts";
export {
  type CollectionRows,
  hashOf,
  labelsAt,
  liveCount,
  liveRows,
  positionOf,
  type RowStatus,
  rowStatuses,
} from "./rows.ts";
