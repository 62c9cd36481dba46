import type { GroupEntry, StudioState } from "../../protocol.ts";

/** What the page of groups shows: a class by its number, and a group of it by its id. */
export interface GroupPlace {
  readonly coarse: number;
  /** 0 are the images in none; undefined is the largest group. */
  readonly group: number | undefined;
}

/** As the address says it: `birds/12`, `birds/none`, `birds`. */
export function placeFromText(text: string | undefined, { coarse }: Pick<StudioState, "coarse">): GroupPlace {
  const [, name = "", group] = /^(.*)\/(none|\d{1,10})$/s.exec(text ?? "") ?? [];
  const number = coarse.indexOf(name);
  if (number < 0) return { coarse: Math.max(0, coarse.indexOf(text ?? "")), group: undefined };
  return { coarse: number, group: group === "none" ? 0 : Number(group) };
}

export function textOfPlace({ coarse, group }: GroupPlace, state: Pick<StudioState, "coarse">): string {
  const name = state.coarse[coarse] ?? "";
  return group === undefined ? name : `${name}/${group === 0 ? "none" : group}`;
}

/** Ids of the groups of a class, the largest first, and 0 behind them. */
export const placesInClass = (groups: readonly GroupEntry[]): number[] => [
  ...groups.toSorted((a, b) => b.size - a.size || a.id - b.id).map(({ id }) => id),
  0,
];

/** Those of a class now, in the order of before as far as they were there: a list that one works down stays as it is. */
export function keptOrder(before: readonly number[], now: readonly number[]): number[] {
  const kept = before.filter((id) => id > 0 && now.includes(id));
  return [...now.filter((id) => id > 0 && !before.includes(id)), ...kept, 0];
}

/** The one that is `step` places behind another one, or the first or last. */
export const stepWithin = (places: readonly number[], from: number, step: number): number =>
  places[Math.max(0, Math.min(places.length - 1, places.indexOf(from) + step))]!;

/** The same around the end. */
export function stepFrom(places: readonly number[], from: number, step: number): number {
  const count = places.length;
  return places[(((places.indexOf(from) + step) % count) + count) % count]!;
}
