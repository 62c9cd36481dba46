import type { StudioState } from "../../protocol.ts";
import type { RowColumns } from "../columns.ts";
import { pointStates } from "./point-renderer.ts";

interface MapColours {
  /** [rows] class numbers, -1 for none. */
  readonly numbers: Int32Array;
  readonly classes: number;
  /** By number. */
  readonly names: readonly string[];
}

/** Steps of confidence that have a colour each. */
const CONFIDENCE_STEPS = 5;

/** Colours by a column of the rows. */
export function mapColours(
  state: StudioState,
  columns: RowColumns,
  by: "coarse" | "fine" | "split" | "group" | "confidence",
): MapColours {
  if (by === "confidence") {
    const names = Array.from({ length: CONFIDENCE_STEPS }, (_, i) => `from ${(100 * i) / CONFIDENCE_STEPS}%`);
    const step = (share: number) =>
      share < 0 ? -1 : Math.min(CONFIDENCE_STEPS - 1, Math.floor((share * CONFIDENCE_STEPS) / 1000));
    return { numbers: columns.confidence.map(step), classes: CONFIDENCE_STEPS, names };
  }
  if (by === "group") {
    const placeOf = new Map(state.groups.map(({ id }, place) => [id, place]));
    const names = state.groups.map(({ id, name, coarse }) => `${state.coarse[coarse] ?? "no class"}: ${name ?? id}`);
    return { numbers: columns.group.map((id) => placeOf.get(id) ?? -1), classes: names.length, names };
  }
  return { numbers: columns[by], classes: state[by].length, names: state[by] };
}

/** States of the points: rows that are not shown are hidden, chosen ones selected. */
export function pointStatesOf({ ids, length }: RowColumns, shown: Int32Array, chosen: ReadonlySet<number>): Uint8Array {
  const states = new Uint8Array(length).fill(pointStates.hidden);
  for (const row of shown) states[row] = chosen.has(ids[row]!) ? pointStates.selected : 0;
  return states;
}
