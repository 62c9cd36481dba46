import type { GroupProposal } from "../groups/proposal.ts";
import type { Action } from "./action.ts";
import { type AssignValues, assignAction } from "./assign-images.ts";
import { type DropValues, dropAction, type RestoreValues, restoreAction } from "./drop.ts";
import { type KeepValues, keepAction } from "./keep.ts";
import { type MergeValues, mergeAction } from "./merge-groups.ts";
import { type NameValues, nameAction } from "./name-group.ts";
import { type ProposeValues, proposeAction } from "./propose-groups.ts";
import { type RelabelValues, relabelAction } from "./relabel.ts";
import { type SplitValues, splitAction } from "./split-group.ts";

/** An action as a line of the journal has it. */
export type ActionValues =
  | RelabelValues
  | DropValues
  | RestoreValues
  | KeepValues
  | ProposeValues
  | NameValues
  | MergeValues
  | SplitValues
  | AssignValues;

/** Every action but `undo` and `redo`. */
export const actions: { readonly [Name in ActionValues["action"]]: Action<Extract<ActionValues, { action: Name }>> } = {
  relabel: relabelAction,
  drop: dropAction,
  restore: restoreAction,
  keep: keepAction,
  propose: proposeAction,
  name: nameAction,
  merge: mergeAction,
  split: splitAction,
  assign: assignAction,
};

/** Ids as numbers, in any order, where a line has them as text. What a line says of groups follows from them. */
type WithIds<T> = T extends { readonly ids: string }
  ? Omit<T, "ids" | "made" | "groups"> & { readonly ids: ArrayLike<number> }
  : Omit<T, "made">;

/** Takes a proposal of groups into force. */
export interface ProposeEdit {
  readonly action: "propose";
  readonly proposal: GroupProposal;
  /** Whether groups that have a name are replaced too; they stay by default. */
  readonly replaceNamed?: boolean | undefined;
}

/** Makes a group of each part, by ids of images, and one of what is left. */
export interface SplitEdit {
  readonly action: "split";
  readonly group: number;
  readonly parts: readonly ArrayLike<number>[];
}

/** An action to take. */
export type CollectionEdit = WithIds<Exclude<ActionValues, ProposeValues | SplitValues>> | ProposeEdit | SplitEdit;
