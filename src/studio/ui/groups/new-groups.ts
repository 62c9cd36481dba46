import type { GroupEntry, StudioState } from "../../protocol.ts";

/** Ids of the groups of a class that an action made. */
export function newGroups(before: readonly GroupEntry[], { groups }: StudioState): number[] {
  const known = new Set(before.map(({ id }) => id));
  const coarse = before[0]?.coarse;
  return groups.filter((group) => group.coarse === coarse && !known.has(group.id)).map(({ id }) => id);
}
