import { useEffect, useMemo, useState } from "preact/hooks";
import { nounFor } from "../../../core/index.ts";
import { type Filter, liveFilter, positionsWhere } from "../columns.ts";
import { EditBar } from "../parts/edit-bar.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { PictureGrid } from "../parts/picture-grid.tsx";
import { useSelection } from "../parts/use-selection.ts";
import { useShortcuts } from "../shortcuts.ts";
import type { Studio } from "../use-studio.ts";
import { captionOf } from "./caption.ts";
import { ImagePanel } from "./image-panel.tsx";
import { droppedPicture } from "./pictures.ts";
import { QueryBar } from "./query-bar.tsx";
import { Results } from "./results.tsx";
import { type PictureQuery, useQuery } from "./use-query.ts";

/** All images, and those like one of them or like another picture. */
export function Gallery({ studio }: { readonly studio: Studio }) {
  const { state, columns } = studio;
  const [filter, setFilter] = useState<Filter>(liveFilter);
  const [current, setCurrent] = useState<number>();
  const selection = useSelection();
  const positions = useMemo(() => positionsWhere(columns, filter), [columns, filter]);
  const { query, found, ask } = useQuery(studio, filter);
  const like = (id: number) => ask({ id });
  usePictures(ask);
  useEffect(() => {
    const id = idInAddress();
    if (id !== undefined) ask({ id });
  }, [ask]);
  useShortcuts([
    ...(query ? [{ key: "Backspace", does: "back to all images", run: () => ask(undefined) }] : []),
    ...(current === undefined ? [] : [{ key: "l", does: "find images like this one", run: () => like(current) }]),
    ...(current === undefined
      ? []
      : [{ key: "t", does: "show the targets of this image", run: () => location.assign(`#targets=${current}`) }]),
  ]);
  const shared = { selection, open: like, moved: setCurrent };
  return (
    <div class="gallery">
      <div class="bar">
        <FilterBar {...{ state, filter, change: setFilter }} />
        <QueryBar {...{ query, ask }} />
        <EditBar {...{ studio, selection }} />
      </div>
      <div class="panes">
        {query && found ? (
          <Results {...{ studio, found, ...shared }} />
        ) : (
          <section class="pane">
            <h2>
              {positions.length.toLocaleString("en")} {nounFor(positions.length, "image")}
            </h2>
            <PictureGrid
              {...{ label: "Images", count: positions.length, ...shared }}
              item={(index) => {
                const position = positions[index]!;
                return { id: columns.ids[position]!, caption: captionOf(studio, position) };
              }}
            />
          </section>
        )}
        <ImagePanel {...{ studio, id: current, like }} />
      </div>
    </div>
  );
}

/** Other pages lead here by `#gallery=ID`. */
function idInAddress(): number | undefined {
  const [, id] = /^#gallery=(\d{1,10})$/.exec(location.hash) ?? [];
  return id === undefined ? undefined : Number(id);
}

/** A picture that is dropped or pasted anywhere on the page is looked for. */
function usePictures(ask: (query: PictureQuery) => void): void {
  useEffect(() => {
    const take = (event: DragEvent | ClipboardEvent) => {
      const picture = droppedPicture(event instanceof DragEvent ? event.dataTransfer : event.clipboardData);
      if (!picture) return;
      event.preventDefault();
      ask({ picture, name: picture.name || "the pasted picture" });
    };
    const allow = (event: DragEvent) => event.preventDefault();
    addEventListener("dragover", allow);
    addEventListener("drop", take);
    addEventListener("paste", take);
    return () => {
      removeEventListener("dragover", allow);
      removeEventListener("drop", take);
      removeEventListener("paste", take);
    };
  });
}
