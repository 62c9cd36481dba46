import { z } from "zod";
import type { EditableClasses } from "../class-numbers.ts";
import type { GroupProposal } from "../groups/proposal.ts";
import type { EditableGroups } from "../groups/row-groups.ts";
import type { IdRange } from "../id-ranges.ts";
import type { EditableKept } from "../kept.ts";

/** What actions change: the rows of a collection, by position. */
export interface EditState {
  readonly ids: Int32Array;
  readonly coarse: EditableClasses;
  readonly fine: EditableClasses;
  readonly groups: EditableGroups;
  /** [rows], 1 where a row is taken out. */
  readonly dropped: Uint8Array;
  readonly kept: EditableKept;
  /** A proposal whose files were read before. */
  proposal(name: string): GroupProposal;
  /** Calls `visit` with the positions [from, to) of rows with these ids. */
  eachSpan(ids: readonly IdRange[], visit: (from: number, to: number) => void): void;
}

/** The line of an action. */
export interface ActionLine {
  /** Reads ids that stand in it as text. */
  ids(text: string): readonly IdRange[];
  /** The id of the first group that it makes. */
  readonly first: number;
  /** Refuses it. */
  refuse(expected: string, found: string, fix?: string): never;
}

/** One kind of action in the journal. */
export interface Action<T> {
  /** What a line holds beside its number, time and the action's name; ids as text (`formatIds`). */
  readonly schema: z.ZodType<T>;
  /** How many groups it makes, where it makes any; their ids stand in the line as `made`. */
  makes?(values: T, state: EditState): number;
  /** Refuses the line where it does not fit the state. */
  check?(state: EditState, values: T, line: ActionLine): void;
  /** Changes the state. */
  apply(state: EditState, values: T, line: ActionLine): void;
  /** What it does, in a few words for who may take it back. */
  says(values: T, words: ActionWords): string;
}

/** Words for what a line has as numbers. */
export interface ActionWords {
  /** "3 images". */
  images(ids: string): string;
  /** The name of a group, or "group 7" where it has none or is no more. */
  group(id: number): string;
}

/** Ids of a line: `1-5,9`. */
export const idsText = z.string().min(1);

const MOST_NAME = 1000;

/** The name of a class or a group, as somebody wrote it. */
export const className = z
  .string()
  .min(1)
  .max(MOST_NAME)
  // No file could hold it.
  .refine((name) => !/\p{Cs}/u.test(name), { error: "a text without half of a character" });
