import { z } from "zod";
import { firstFew } from "../../core/index.ts";
import { type Action, className, idsText } from "./action.ts";
import { groupId, groupNamed } from "./known-group.ts";

/** The values of a line that merges groups. */
export interface MergeValues {
  readonly action: "merge";
  readonly groups: readonly number[];
  /** Without one: that of the first group which has a name. */
  readonly name?: string | null | undefined;
  /** The new group's id. */
  readonly made: string;
}

const MOST_GROUPS = 10_000;

const schema = z.strictObject({
  action: z.literal("merge"),
  groups: z.array(groupId).min(2).max(MOST_GROUPS),
  name: className.nullable().optional(),
  made: idsText,
});

/** Makes one group of several of a class. */
export const mergeAction: Action<MergeValues> = {
  schema,
  makes: () => 1,
  check(state, { groups: ids }, line) {
    const { coarse } = groupNamed(state.groups, ids[0]!, line);
    if (new Set(ids).size < ids.length) line.refuse("each group once", ids.join(", "));
    const other = ids.find((id) => groupNamed(state.groups, id, line).coarse !== coarse);
    if (other !== undefined) line.refuse("groups of one coarse class", `${ids[0]} and ${other} of two`);
  },
  apply({ groups }, { groups: ids, name }, { first: into }) {
    const found = ids.map((id) => groups.get(id)!);
    const kept = name === undefined ? (found.find((group) => group.name !== null)?.name ?? null) : name;
    groups.set(into, { coarse: found[0]!.coarse, name: kept });
    for (const id of ids) groups.remove(id, into);
  },
  says: ({ groups }, words) => `${firstFew(groups.map(words.group))} merged`,
};
