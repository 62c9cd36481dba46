import { z } from "zod";
import { type Action, className } from "./action.ts";
import { groupId, groupNamed } from "./known-group.ts";

/** The values of a line that names a group. */
export interface NameValues {
  readonly action: "name";
  readonly group: number;
  /** null takes its name away. */
  readonly name: string | null;
}

const schema = z.strictObject({ action: z.literal("name"), group: groupId, name: className.nullable() });

/** Names a group. Two groups may have one name. */
export const nameAction: Action<NameValues> = {
  schema,
  check: ({ groups }, { group }, line) => void groupNamed(groups, group, line),
  apply: ({ groups }, { group, name }) => groups.set(group, { ...groups.get(group)!, name }),
  says: ({ group, name }) => `group ${group} ${name === null ? "without its name" : `named ${name}`}`,
};
