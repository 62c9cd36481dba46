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
