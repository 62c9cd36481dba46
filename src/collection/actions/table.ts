import type { Action } from "./action.ts";
import { dropAction, restoreAction } from "./drop.ts";
import { relabelAction } from "./relabel.ts";

/** Every action but `undo` and `redo`. */
export const actions = { relabel: relabelAction, drop: dropAction, restore: restoreAction };

type Values<A> = A extends Action<infer T> ? T : never;

/** An action as a line of the journal has it. */
export type ActionValues = { [Name in keyof typeof actions]: Values<(typeof actions)[Name]> }[keyof typeof actions];

/** Ids as numbers, in any order, where a line has them as text. */
type WithIds<T> = T extends { readonly ids: string } ? Omit<T, "ids"> & { readonly ids: ArrayLike<number> } : T;

/** An action to take. */
export type CollectionEdit = WithIds<ActionValues>;
