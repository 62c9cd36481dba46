import { z } from "zod";
import { didYouMean, fail } from "../core/index.ts";
import type { Action, EditState } from "./actions/action.ts";
import { type ActionValues, actions } from "./actions/table.ts";
import { parseIds } from "./id-ranges.ts";
import type { JournalEntry, JournalValues } from "./journal-lines.ts";

const step = z.strictObject({ action: z.enum(["undo", "redo"]), of: z.int().min(1) });

/** An action that was taken. */
interface Done {
  readonly n: number;
  readonly values: ActionValues;
}

/** The actions of a journal folded over the rows. */
export interface History {
  /** Takes the entries of a journal from its beginning. */
  fold(entries: readonly JournalEntry[]): void;
  /** Takes the next entry; undoing folds all that is left anew. */
  add(entry: JournalEntry): void;
  /** The number of the action that `undo` would take back, and that `redo` would take again. */
  readonly undoable: number | undefined;
  readonly redoable: number | undefined;
  /** Actions in force. */
  readonly length: number;
}

/**
 * @param below every id is smaller
 * @param file the journal, for messages
 */
export function history(state: EditState, below: number, file: string): History {
  const done: Done[] = [];
  const undone: Done[] = [];
  const apply = ({ n, values }: Done) =>
    (actions[values.action] as Action<ActionValues>).apply(
      state,
      values,
      parseIds(values.ids, below, `${file}, line ${n}`),
    );
  const refold = () => {
    for (const labels of [state.coarse, state.fine]) labels.reset();
    state.dropped.fill(0);
    state.kept.reset();
    done.forEach(apply);
  };
  const move = (from: Done[], to: Done[], { n, of }: { n: number; of: number }) => {
    const last = from.pop();
    if (last?.n !== of) refuse(`${file}, line ${n}`, `an action that can be undone or redone, found number ${of}`);
    to.push(last!);
  };
  /** What is to be applied for it; undefined: everything that is left, anew. */
  const take = ({ n, values }: JournalEntry): Done | undefined => {
    const where = `${file}, line ${n}`;
    if (values.action === "undo" || values.action === "redo") {
      const { action, of } = parsed(step, values, where);
      if (action === "undo") move(done, undone, { n, of });
      else move(undone, done, { n, of });
      return action === "undo" ? undefined : done.at(-1);
    }
    const next = { n, values: parseAction(values, where) };
    done.push(next);
    undone.length = 0;
    return next;
  };
  return {
    fold(entries) {
      for (const entry of entries) take(entry);
      refold();
    },
    add(entry) {
      const next = take(entry);
      if (next) apply(next);
      else refold();
    },
    get undoable() {
      return done.at(-1)?.n;
    },
    get redoable() {
      return undone.at(-1)?.n;
    },
    get length() {
      return done.length;
    },
  };
}

/**
 * An action as the journal has it.
 * @throws MaskconError "data" where it is none; or the `code` given
 */
export function parseAction(values: JournalValues, where: string, code: "data" | "usage" = "data"): ActionValues {
  if (!Object.hasOwn(actions, values.action)) {
    const known = [...Object.keys(actions), "undo", "redo"];
    const fix = didYouMean(values.action, known) ?? "a later version of maskcon may have written it";
    fail(code, { where, expected: `an action (${known.join(", ")})`, found: JSON.stringify(values.action), fix });
  }
  return parsed((actions[values.action as keyof typeof actions] as Action<ActionValues>).schema, values, where, code);
}

function parsed<T>(schema: z.ZodType<T>, values: unknown, where: string, code: "data" | "usage" = "data"): T {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  return fail(code, { where, expected: "a whole action", found: `${path.join(".") || "values"}: ${message}` });
}

function refuse(where: string, expected: string): never {
  return fail("data", { where, expected, found: "another order", fix: "put a copy of the file back" });
}
