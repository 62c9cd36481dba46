import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { nounFor } from "../../../core/index.ts";
import { goTo } from "../address.ts";
import { type Filter, liveFilter, positionOfId, positionsWhere } from "../columns.ts";
import { EditBar } from "../parts/edit-bar.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { focusFirstGrid } from "../parts/first-grid.ts";
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
  usePictures(ask, studio.say);
  const isSearch = query !== undefined && found !== undefined;
  useFocusAfter(isSearch);
  /** Of all images: the way back to them leads there. */
  const last = useRef<number>(undefined);
  const remember = useCallback((id: number | undefined) => {
    last.current = id;
    setCurrent(id);
  }, []);
  useShortcuts([
    ...(query ? [{ key: "Backspace", does: "back to all images", run: () => ask(undefined) }] : []),
    ...(current === undefined ? [] : [{ key: "l", does: "find images like this one", run: () => like(current) }]),
    ...(current === undefined
      ? []
      : [{ key: "t", does: "show the targets of this image", run: () => goTo(`targets=${current}`) }]),
  ]);
  const shared = { selection, open: like };
  return (
    <div class="gallery">
      <div class="bar">
        <FilterBar {...{ state, filter, change: setFilter, leave: () => focusFirstGrid() }} />
        <QueryBar {...{ query, ask, isLive: filter.status === liveFilter.status }} />
        <EditBar {...{ studio, selection }} />
      </div>
      <div class="panes">
        {isSearch ? (
          <Results {...{ studio, found, ...shared, moved: setCurrent }} />
        ) : (
          <section class="pane">
            <h2>
              {positions.length.toLocaleString("en")} {nounFor(positions.length, "image")}
            </h2>
            <PictureGrid
              {...{ label: "Images", count: positions.length, ...shared, moved: remember }}
              start={Math.max(0, positions.indexOf(positionOfId(columns.ids, last.current ?? -1)))}
              idOf={(index) => columns.ids[positions[index]!]!}
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

/**
 * The next key is for the pictures: on arrival, and where the list that had the focus is gone with a search, or with the way
 * back.
 */
function useFocusAfter(isSearch: boolean): void {
  const before = useRef<boolean>(undefined);
  useLayoutEffect(() => {
    if (before.current !== isSearch && document.activeElement === document.body) focusFirstGrid();
    before.current = isSearch;
  }, [isSearch]);
}

/** A picture that is dropped or pasted anywhere on the page is looked for. */
function usePictures(ask: (query: PictureQuery) => void, say: (message: string) => void): void {
  useLayoutEffect(() => {
    const take = (event: DragEvent | ClipboardEvent) => {
      const isDrop = event instanceof DragEvent;
      const picture = droppedPicture(isDrop ? event.dataTransfer : event.clipboardData);
      // A browser shows a file that is dropped on it, in the place of the page.
      if (picture || isDrop) event.preventDefault();
      if (picture) ask({ picture, name: picture.name || "the pasted picture" });
      else if (isDrop) say("That is no picture: drop an image file, as a JPEG or a PNG.");
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
