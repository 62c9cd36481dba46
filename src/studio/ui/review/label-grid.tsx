import type { LabelEntry } from "../../protocol.ts";
import type { Studio } from "../use-studio.ts";
import { DecisionGrid } from "./decision-grid.tsx";

interface LabelGridProps {
  readonly studio: Studio;
  readonly labels: readonly LabelEntry[];
  /** Up to about how many are wrong. */
  readonly wrong: number;
}

/** Images whose neighbours have another coarse class. */
export function LabelGrid({ studio, labels, wrong }: LabelGridProps) {
  const entryOf = new Map(labels.map((entry) => [entry.id, entry]));
  /** An action for each class that is suggested. */
  const move = async (ids: readonly number[]) => {
    const suggestedFor = (id: number) => entryOf.get(id)!.suggested;
    const taken = [...new Set(ids.map(suggestedFor))].map((coarse) => {
      const moved = ids.filter((id) => suggestedFor(id) === coarse);
      return studio.act(
        { action: "relabel", ids: moved, coarse },
        `${moved.length} moved to ${coarse}. z takes it back.`,
      );
    });
    return (await Promise.all(taken)).every(Boolean);
  };
  return (
    <DecisionGrid
      {...{
        studio,
        kind: "label",
        title: `Suspect labels: up to about ${wrong} may be wrong`,
        entries: labels,
      }}
      caption={({ coarse, suggested }) => `${coarse} → ${suggested}?`}
      more={[{ key: "m", name: "Move to the suggested class", run: move }]}
    />
  );
}
