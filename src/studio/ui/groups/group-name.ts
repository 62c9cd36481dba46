import type { GroupEntry } from "../../protocol.ts";

/** What a group is called; 0 are the images in none. */
export function nameOfGroup(groups: readonly GroupEntry[], id: number): string {
  if (id === 0) return "Not sure";
  return groups.find((group) => group.id === id)?.name ?? `Group ${id}`;
}
