import { groupBy } from "../core/index.ts";

/** The places of each value that occurs, ascending; values in the order of their first place. */
export function groupsOf(values: Int32Array): Int32Array[] {
  return [...groupBy(values.keys(), (place) => values[place]!).values()].map((places) => Int32Array.from(places));
}
