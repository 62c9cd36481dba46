import type { By } from "../../protocol.ts";
import { positionOfId } from "../columns.ts";
import { PictureGrid } from "../parts/picture-grid.tsx";
import type { Selection } from "../parts/use-selection.ts";
import type { Studio } from "../use-studio.ts";
import { captionOf } from "./caption.ts";
import type { FoundBy } from "./use-query.ts";

interface ResultsProps {
  readonly studio: Studio;
  readonly found: FoundBy;
  readonly selection: Selection;
  readonly open: (id: number) => void;
  readonly moved: (id: number) => void;
}

/** What the trained encoder found, beside what the one before training found. */
export function Results({ studio, found, ...shared }: ResultsProps) {
  return (
    <>
      {(["trained", "frozen"] as const).map((by: By) => (
        <section key={by} class="pane">
          <h2>{by === "trained" ? "Trained" : "Before training"}</h2>
          <PictureGrid
            {...{ label: `Found by the ${by} encoder`, count: found[by].length, ...shared }}
            item={(index) => {
              const { id, score } = found[by][index]!;
              const caption = `${score.toFixed(3)} ${captionOf(studio, positionOfId(studio.columns.ids, id))}`;
              return { id, caption };
            }}
          />
        </section>
      ))}
    </>
  );
}
