import { useMemo } from "preact/hooks";
import type { GroupEntry } from "../../protocol.ts";
import { groupCalled } from "./group-name.ts";

/** Groups of a class that have a digit. */
export const DIGITS = 9;

/** Names in the places of their digits, by coarse class: they stay while other pages of the Studio are shown. */
const namesOfClass = new Map<string | undefined, readonly string[]>();

/**
 * The first names by digit, the one of 1 first. A name keeps its digit, whatever is named, merged or undone later; new ones
 * follow by name. Only where all digits are taken a new name gets that of one that is gone.
 */
export function namesByDigit(before: readonly string[], names: readonly string[]): string[] {
  const added = [...new Set(names)].filter((name) => !before.includes(name)).sort();
  const placed = [...before, ...added.splice(0, Math.max(0, DIGITS - before.length))];
  return placed.map((name) => (names.includes(name) ? name : (added.shift() ?? name)));
}

/** Ids of the named groups of a class by their digits, from 1 on. */
export function useGroupDigits(coarse: string | undefined, groups: readonly GroupEntry[]): ReadonlyMap<number, number> {
  return useMemo(() => {
    const names = groups.flatMap(({ name }) => name ?? []);
    const placed = namesByDigit(namesOfClass.get(coarse) ?? [], names);
    namesOfClass.set(coarse, placed);
    return new Map(placed.flatMap((name, i) => (names.includes(name) ? [[i + 1, groupCalled(groups, name)!]] : [])));
  }, [coarse, groups]);
}
