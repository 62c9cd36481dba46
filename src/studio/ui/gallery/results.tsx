import { useState } from "preact/hooks";
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
  readonly moved: (id: number | undefined) => void;
}

/** What the trained encoder found, beside what the one before training found. */
export function Results({ studio, found, moved, ...shared }: ResultsProps) {
  // The keys are for the image that is outlined in the list that had the focus last.
  const [current, setCurrent] = useState<By>("trained");
  return (
    <>
      {(["trained", "frozen"] as const).map((by: By) => (
        <section key={by} class="pane" onFocusCapture={() => setCurrent(by)}>
          <h2>{by === "trained" ? "Trained" : "Before training"}</h2>
          <PictureGrid
            {...{ label: `Found by the ${by} encoder`, count: found[by].length, ...shared }}
            moved={by === current ? moved : undefined}
            idOf={(index) => found[by][index]!.id}
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
