import type { Studio } from "../use-studio.ts";

/** The name of a row's group, or else its finest class. */
export function captionOf({ state, columns }: Studio, position: number): string {
  const group = columns.group[position]!;
  const name = group > 0 ? state.groups.find(({ id }) => id === group)?.name : undefined;
  if (name) return name;
  return state.fine[columns.fine[position]!] ?? state.coarse[columns.coarse[position]!] ?? "";
}
