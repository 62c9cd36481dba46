import type { Studio } from "../use-studio.ts";

/** The finest class of a row. */
export function captionOf({ state, columns }: Studio, position: number): string {
  return state.fine[columns.fine[position]!] ?? state.coarse[columns.coarse[position]!] ?? "";
}
