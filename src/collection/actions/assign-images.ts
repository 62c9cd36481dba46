import { z } from "zod";
import type { IdRange } from "../id-ranges.ts";
import { type Action, type ActionLine, className, type EditState, idsText } from "./action.ts";
import { groupId, groupNamed } from "./known-group.ts";

/** The values of a line that puts images into a group. */
export interface AssignValues {
  readonly action: "assign";
  readonly ids: string;
  /** null: into none; "new": into a new one. */
  readonly group: number | null | "new";
  /** Of a new group. */
  readonly name?: string | undefined;
  /** The new group's id. */
  readonly made?: string | undefined;
}

const schema = z
  .strictObject({
    action: z.literal("assign"),
    ids: idsText,
    group: z.union([groupId, z.null(), z.literal("new")], { error: 'the id of a group, null or "new"' }),
    name: className.optional(),
    made: idsText.optional(),
  })
  .refine(({ group, name }) => group === "new" || name === undefined, { error: "a name for a new group alone" });

/** Puts images into a group of their coarse class, into none, or into a new one. */
export const assignAction: Action<AssignValues> = {
  schema,
  makes: ({ group }) => (group === "new" ? 1 : 0),
  check(state, { ids, group }, line) {
    const spans = line.ids(ids);
    if (group === null) return;
    const coarse = group === "new" ? classOf(state, spans) : groupNamed(state.groups, group, line).coarse;
    const name = state.coarse.names[coarse] ?? "none";
    state.eachSpan(spans, (from, to) => {
      for (let row = from; row < to; row++) {
        if (state.coarse.numbers[row] !== coarse) refuseClass(state, row, name, line);
      }
    });
  },
  apply(state, { ids, group, name }, line) {
    const spans = line.ids(ids);
    const id = group === "new" ? line.first : (group ?? 0);
    if (group === "new") state.groups.set(id, { coarse: classOf(state, spans), name: name ?? null });
    state.eachSpan(spans, (from, to) => {
      for (let row = from; row < to; row++) state.groups.put(row, id);
    });
  },
  says({ ids, group, name }, words) {
    if (group === null) return `${words.images(ids)} put into no group`;
    return `${words.images(ids)} put into ${group === "new" ? (name ?? "a new group") : words.group(group)}`;
  },
};

/** The class of the first row. */
function classOf({ coarse, eachSpan }: EditState, spans: readonly IdRange[]): number {
  let first: number | undefined;
  eachSpan(spans, (from) => {
    first ??= coarse.numbers[from]!;
  });
  return first ?? -1;
}

function refuseClass({ coarse, ids }: EditState, row: number, name: string, line: ActionLine): never {
  const found = `image ${ids[row]} of ${coarse.names[coarse.numbers[row]!] ?? "none"}`;
  return line.refuse(`images of the group's coarse class, ${name}`, found, "relabel it first");
}
