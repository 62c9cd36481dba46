import type { Action } from "./action.ts";
import { type DropValues, dropAction, type RestoreValues, restoreAction } from "./drop.ts";
import { type KeepValues, keepAction } from "./keep.ts";
import { type RelabelValues, relabelAction } from "./relabel.ts";

/** An action as a line of the journal has it. */
export type ActionValues = RelabelValues | DropValues | RestoreValues | KeepValues;

/** Every action but `undo` and `redo`. */
export const actions: { readonly [Name in ActionValues["action"]]: Action<Extract<ActionValues, { action: Name }>> } = {
  relabel: relabelAction,
  drop: dropAction,
  restore: restoreAction,
  keep: keepAction,
};

/** Ids as numbers, in any order, where a line has them as text. */
type WithIds<T> = T extends { readonly ids: string } ? Omit<T, "ids"> & { readonly ids: ArrayLike<number> } : T;

/** An action to take. */
export type CollectionEdit = WithIds<ActionValues>;
