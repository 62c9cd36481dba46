import { useMemo, useState } from "preact/hooks";
import { nounFor } from "../../../core/index.ts";
import { type By, type MapState, thumbnailPath } from "../../protocol.ts";
import { goTo } from "../address.ts";
import { type Filter, liveFilter, positionsWhere } from "../columns.ts";
import { captionOf } from "../gallery/caption.ts";
import { ImagePanel } from "../gallery/image-panel.tsx";
import { Choice } from "../parts/choice.tsx";
import { EditBar } from "../parts/edit-bar.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { PictureGrid } from "../parts/picture-grid.tsx";
import { useSelection } from "../parts/use-selection.ts";
import type { Studio } from "../use-studio.ts";
import { ColourLegend } from "./colour-legend.tsx";
import { mapColours, pointStatesOf } from "./map-colours.ts";
import { MapView } from "./map-view.tsx";
import { useMapPlaces } from "./use-map-places.ts";

const encoders: readonly By[] = ["trained", "frozen"];
const colourings = ["coarse", "fine", "group", "split", "confidence"] as const;

/** All images in the plane: alike ones lie near one another. A lasso chooses, and what it chose is shown beside. */
export function MapPage({ studio }: { readonly studio: Studio }) {
  const { state, columns } = studio;
  const [by, setBy] = useState<By>("trained");
  const [colouring, setColouring] = useState<(typeof colourings)[number]>("coarse");
  const [filter, setFilter] = useState<Filter>(liveFilter);
  const [current, setCurrent] = useState<number>();
  const selection = useSelection();
  const { places, progress, again } = useMapPlaces(studio, by);
  const shown = useMemo(() => positionsWhere(columns, filter), [columns, filter]);
  const colours = useMemo(() => mapColours(state, columns, colouring), [state, columns, colouring]);
  const states = useMemo(() => pointStatesOf(columns, shown, selection.ids), [columns, shown, selection.ids]);
  const chosen = [...selection.ids];
  const idOf = (point: number) => columns.ids[point]!;
  const choose = (ids: readonly number[], adds: boolean) => (adds ? selection.add(ids) : selection.set(ids));
  const like = (id: number) => goTo(`gallery=${id}`);
  return (
    <div class="gallery">
      <div class="bar">
        <Choice
          {...{ label: "encoder", names: ["trained", "before training"], value: encoders.indexOf(by) }}
          choose={(value) => setBy(encoders[value ?? 0]!)}
        />
        <Choice
          {...{ label: "colour", names: colourings, value: colourings.indexOf(colouring) }}
          choose={(value) => setColouring(colourings[value ?? 0]!)}
        />
        <FilterBar {...{ state, filter, change: setFilter }} />
        <EditBar {...{ studio, selection }} />
      </div>
      <div class="panes">
        <section class="pane map-pane" aria-label="Map">
          <h2>
            {shown.length.toLocaleString("en")} {nounFor(shown.length, "image")} by {colouring}
          </h2>
          {places && places.length === 2 * columns.length ? (
            <MapView
              {...{ label: "Map of the images", places, states, ...colours }}
              captionOf={(point) => captionOf(studio, point)}
              thumbnailUrl={(point) => thumbnailPath(idOf(point))}
              onPick={(point, adds) => {
                choose(point < 0 ? [] : [idOf(point)], adds);
                if (point >= 0) setCurrent(idOf(point));
              }}
              onLasso={(points, adds) => choose(Array.from(points, idOf), adds)}
            />
          ) : (
            <MapProgress {...{ progress, again }} />
          )}
          <ColourLegend {...colours} />
        </section>
        {chosen.length > 0 && (
          <section class="pane map-chosen" aria-label="Chosen images">
            <h2>{chosen.length.toLocaleString("en")} chosen</h2>
            <PictureGrid
              {...{ label: "Chosen images", count: chosen.length, selection, open: like, moved: setCurrent }}
              item={(index) => ({ id: chosen[index]!, caption: "" })}
            />
          </section>
        )}
        <ImagePanel {...{ studio, id: current, like }} />
      </div>
    </div>
  );
}

function MapProgress({ progress, again }: { readonly progress: MapState | undefined; readonly again: () => void }) {
  if (progress?.state === "failed") {
    return (
      <p class="problem">
        The map could not be made: {progress.error}{" "}
        <button type="button" onClick={again}>
          Try again
        </button>
      </p>
    );
  }
  return (
    <p class="loading">
      The map is made once and kept …{" "}
      {progress?.state === "working" && (
        <>
          {progress.phase} <progress aria-label="Map" max={progress.total} value={progress.done} />
        </>
      )}
    </p>
  );
}
