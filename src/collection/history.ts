import { z } from "zod";
import { counted, didYouMean, type ErrorCode, fail } from "../core/index.ts";
import type { Action, ActionLine, ActionWords, EditState } from "./actions/action.ts";
import type { ProposeValues } from "./actions/propose-groups.ts";
import { type ActionValues, actions } from "./actions/table.ts";
import type { ProposalFiles } from "./groups/proposal-file.ts";
import { countIds, parseIds } from "./id-ranges.ts";
import type { JournalEntry, JournalValues } from "./journal-lines.ts";

const step = z.strictObject({ action: z.enum(["undo", "redo"]), of: z.int().min(1) });
const MOST_GROUPS = 2 ** 31 - 2;

/** An action that was taken. */
interface Done {
  readonly n: number;
  readonly time: string;
  readonly values: ActionValues;
}

/** An action of the journal. */
export interface PastAction {
  /** Its number, from 1 on. */
  readonly n: number;
  /** When it was taken: ISO 8601, UTC. */
  readonly time: string;
  /** What it does, in a few words, with the names that groups have now: "3 images put into Trouser". */
  readonly text: string;
  /** Whether it is undone, and `redo` can take it again. */
  readonly isUndone: boolean;
}

/** The actions of a journal folded over the rows. */
export interface History {
  /** Takes the entries of a journal from its beginning. */
  fold(entries: readonly JournalEntry[]): void;
  /** Takes the next entry; undoing folds all that is left anew. */
  add(entry: JournalEntry): void;
  /**
   * An action as its line will be, with the ids of the groups that it makes.
   * @throws MaskconError "usage" where it is none, or does not fit the rows and groups as they are
   */
  prepare(values: JournalValues): ActionValues;
  /** At most so many, the newest first; those that are undone for good are left out. */
  past(most: number): PastAction[];
  /** The action that `undo` would take back, and that `redo` would take again. */
  readonly undoable: PastAction | undefined;
  readonly redoable: PastAction | undefined;
  /** What `redo` would take again. */
  readonly next: ActionValues | undefined;
}

/**
 * @param below every id is smaller
 * @param file the journal, for messages
 */
export function history(state: EditState, below: number, file: string): History {
  const { done, undone, take, free } = takenActions(file);
  const lineOf = (values: ActionValues, where: string, code: ErrorCode): ActionLine => ({
    ids: (text) => parseIds(text, below, where, code),
    first: "made" in values && values.made !== undefined ? madeGroups(values.made, where)[0] : 0,
    refuse: (expected, found, fix) => fail(code, { where, expected, found, fix }),
  });
  const apply = ({ n, values }: Done) => {
    const action = actions[values.action] as Action<ActionValues>;
    const line = lineOf(values, `${file}, line ${n}`, "data");
    checkMade(values, action.makes?.(values, state) ?? 0, `${file}, line ${n}`);
    action.check?.(state, values, line);
    action.apply(state, values, line);
  };
  const refold = () => {
    for (const part of [state.coarse, state.fine, state.groups]) part.reset();
    state.dropped.fill(0);
    state.kept.reset();
    done.forEach(apply);
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
    prepare(given) {
      if ("made" in given) {
        fail("usage", { where: file, expected: "an action whose groups get their ids here", found: "ids of them" });
      }
      const rule = actions[given.action as ActionValues["action"]] as Action<ActionValues> | undefined;
      const makes = rule?.makes;
      // How many depends on values that are looked at first.
      const count = makes ? makes(parseAction({ ...given, made: "1" }, file, "usage"), state) : 0;
      const values = parseAction(count > 0 ? { ...given, made: rangeFrom(free(), count) } : given, file, "usage");
      rule!.check?.(state, values, lineOf(values, file, "usage"));
      return values;
    },
    past(most) {
      const again = undone.slice(0, most).map((action) => pastAction(action, state, true));
      const count = Math.min(most - again.length, done.length);
      return [...again, ...Array.from({ length: count }, (_, i) => pastAction(done.at(-1 - i)!, state, false))];
    },
    get undoable() {
      const last = done.at(-1);
      return last && pastAction(last, state, false);
    },
    get redoable() {
      const next = undone.at(-1);
      return next && pastAction(next, state, true);
    },
    get next() {
      return undone.at(-1)?.values;
    },
  };
}

/** The actions of a journal: those in force, and those that `redo` takes again, the next one last. */
function takenActions(file: string) {
  const done: Done[] = [];
  const undone: Done[] = [];
  /** The first id that no group has had. */
  let free = 1;
  const move = (from: Done[], to: Done[], { n, of }: { n: number; of: number }) => {
    const last = from.pop();
    if (last?.n !== of) refuse(`${file}, line ${n}`, `an action that can be undone or redone, found number ${of}`);
    to.push(last!);
  };
  /** Takes the next line. Returns the action to apply; undefined where all that are left are to be applied anew. */
  const take = ({ n, time, values }: JournalEntry): Done | undefined => {
    const where = `${file}, line ${n}`;
    if (values.action === "undo" || values.action === "redo") {
      const { action, of } = parsed(step, values, where);
      if (action === "undo") move(done, undone, { n, of });
      else move(undone, done, { n, of });
      return action === "undo" ? undefined : done.at(-1);
    }
    const next = { n, time, values: parseAction(values, where) };
    if ("made" in next.values && next.values.made !== undefined) {
      const [first, last] = madeGroups(next.values.made, where);
      if (first < free) fail("data", { where, expected: `groups from ${free} on`, found: `${first}, which was one` });
      free = last + 1;
    }
    done.push(next);
    undone.length = 0;
    return next;
  };
  return { done, undone, take, free: () => free };
}

function pastAction({ n, time, values }: Done, { groups }: EditState, isUndone: boolean): PastAction {
  const words: ActionWords = {
    images: (ids) => counted(countIds(ids), "image"),
    group: (id) => groups.get(id)?.name ?? `group ${id}`,
  };
  return { n, time, text: (actions[values.action] as Action<ActionValues>).says(values, words), isUndone };
}

const rangeFrom = (first: number, count: number) => (count > 1 ? `${first}-${first + count - 1}` : `${first}`);

/** The first and the last of the groups that a line made. */
function madeGroups(made: string, where: string): readonly [number, number] {
  const [range, ...others] = parseIds(made, MOST_GROUPS, `${where}, made`);
  return range && others.length === 0 ? range : fail("data", { where, expected: "one range of groups", found: made });
}

function checkMade(values: ActionValues, count: number, where: string): void {
  const made = "made" in values ? values.made : undefined;
  const [first, last] = made === undefined ? [1, 0] : madeGroups(made, where);
  if (last - first + 1 === count) return;
  fail("data", { where, expected: `ids of ${count} new groups`, found: made ?? "none" });
}

/**
 * The ids of the groups that an action of the journal made.
 * @param entry a line of the journal, such as `CollectionEditor.apply` gives
 */
export function groupsMade({ n, values: { made } }: JournalEntry): number[] {
  if (typeof made !== "string") return [];
  const [first, last] = madeGroups(made, `action ${n}`);
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}

/** The files of the proposals that are in force after a journal, the oldest first. */
export function proposalsInForce(entries: readonly JournalEntry[], file: string): ProposalFiles[] {
  const done: (ProposalFiles | undefined)[] = [];
  let undone: (ProposalFiles | undefined)[] = [];
  for (const { n, values } of entries) {
    if (values.action === "undo") undone.push(done.pop());
    else if (values.action === "redo") done.push(undone.pop());
    else {
      const action = values.action === "propose" ? parseAction(values, `${file}, line ${n}`) : undefined;
      done.push(action as ProposeValues | undefined);
      undone = [];
    }
  }
  return done.filter((files) => files !== undefined);
}

/**
 * An action as the journal has it.
 * @throws MaskconError "data" where it is none; or the `code` given
 */
function parseAction(values: JournalValues, where: string, code: "data" | "usage" = "data"): ActionValues {
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
