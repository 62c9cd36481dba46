import { z } from "zod";
import type { EditableGroups, GroupFacts } from "../groups/row-groups.ts";
import type { ActionLine } from "./action.ts";

/** The id of a group in a line. */
export const groupId = z.int().min(1);

/**
 * A group that an action names.
 * @throws MaskconError "data" where there is none; "usage" for an action that is not written yet
 */
export function groupNamed(groups: EditableGroups, id: number, line: ActionLine): GroupFacts {
  return groups.get(id) ?? line.refuse("a group of the collection", `${id}`, "it may have been merged or split");
}
