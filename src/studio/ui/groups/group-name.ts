import { sameOnDisk } from "../../../core/index.ts";
import type { GroupEntry } from "../../protocol.ts";

/** What a group is called; 0 are the images in none. */
export function nameOfGroup(groups: readonly GroupEntry[], id: number): string {
  if (id === 0) return "Not sure";
  return groups.find((group) => group.id === id)?.name ?? `Group ${id}`;
}

/**
 * The group that is called so, 0 for none: as it is written, else in other letters, for "Hat" and "hat" are one folder on some
 * disks. A number alone is a name as any other: classes are called so.
 */
export function groupCalled(groups: readonly GroupEntry[], name: string): number | undefined {
  const places = [...groups.map(({ id }) => id), 0];
  return (
    places.find((id) => nameOfGroup(groups, id) === name) ??
    places.find((id) => sameOnDisk(nameOfGroup(groups, id)) === sameOnDisk(name))
  );
}
