import { z } from "zod";
import type { EditableClasses } from "../class-numbers.ts";
import type { IdRange } from "../id-ranges.ts";
import type { EditableKept } from "../kept.ts";

/** What actions change: the rows of a collection, by position. */
export interface EditState {
  readonly coarse: EditableClasses;
  readonly fine: EditableClasses;
  /** [rows], 1 where a row is taken out. */
  readonly dropped: Uint8Array;
  readonly kept: EditableKept;
  /** Calls `visit` with the positions [from, to) of rows with these ids. */
  eachSpan(ids: readonly IdRange[], visit: (from: number, to: number) => void): void;
}

/** One kind of action in the journal. */
export interface Action<T> {
  /** What a line holds beside its number, time and the action's name; `ids` as text (`formatIds`). */
  readonly schema: z.ZodType<T>;
  /** Changes the state; `ids` are those of the line. */
  apply(state: EditState, values: T, ids: readonly IdRange[]): void;
}

/** Ids of a line: `1-5,9`. */
export const idsText = z.string().min(1);

const MOST_NAME = 1000;

/** The name of a class, as somebody wrote it. */
export const className = z.string().min(1).max(MOST_NAME);
