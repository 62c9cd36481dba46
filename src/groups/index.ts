export type { ClassGroups, Group, Reason } from "./class-groups.ts";
export type { Evidence } from "./evidence.ts";
export { type CoarseGroups, type GroupOptions, proposeGroups } from "./propose-groups.ts";
export { cutTree, type GroupTree } from "./tree.ts";
export type { Merge } from "./ward.ts";
export { whitenRows } from "./whiten.ts";
