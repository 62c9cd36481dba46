import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useListedKeys } from "../shortcuts.ts";
import { type GridLayout, gridKey, topWithCell, turnedPage, visibleRows } from "./grid-layout.ts";
import { GridPicture } from "./grid-picture.tsx";
import type { Selection } from "./use-selection.ts";
import { useSizeOf } from "./use-size-of.ts";

export interface GridItem {
  readonly id: number;
  /** Under the picture. */
  readonly caption: string;
}

export interface PictureGridProps {
  /** For who does not see it. */
  readonly label: string;
  readonly count: number;
  readonly item: (index: number) => GridItem;
  /** Where it costs less than the whole item: all of them may be chosen. */
  readonly idOf?: ((index: number) => number) | undefined;
  /** Whether captions may take two lines. */
  readonly isTall?: boolean | undefined;
  /** Where the cursor is at first. */
  readonly start?: number | undefined;
  readonly selection: Selection;
  /** The image with the cursor was asked for by Enter or a double click. */
  readonly open: (id: number) => void;
  /** Called with the image at the cursor whenever it is another one; undefined where there is none. */
  readonly moved?: ((id: number | undefined) => void) | undefined;
}

const gridKeys = [
  { key: "Arrows", does: "in a grid of pictures: move the cursor, as Home and End do; PageDown, PageUp: by a page" },
  { key: "Space", does: "in a grid: choose the image with the cursor, or leave it" },
  { key: "Shift", does: "in a grid, with an arrow or a click: choose all up to there" },
  { key: "Ctrl a", does: "in a grid: choose all; Escape: none" },
  { key: "Enter", does: "in a grid: find images like this one" },
];

/** A cell in pixels, with its gap. */
const CELL = { width: 112, height: 130, tallHeight: 146 };
/** Rows above and below what is seen, in screens: their pictures are there before the page is turned. */
const SPARE_SCREENS = 1;

/** Pictures in rows, as many as there are: only those in sight are in the page. */
export function PictureGrid({ label, count, item, selection, open, moved, start = 0, ...more }: PictureGridProps) {
  const { idOf = (index) => item(index).id, isTall = false } = more;
  const box = useRef<HTMLDivElement>(null);
  const size = useSizeOf(box);
  const { cursor, setCursor, within, anchor } = useCursor({ count, idOf, moved, start });
  const prefix = useId();
  useListedKeys(gridKeys);
  const layout = { columns: Math.max(1, Math.floor(size.width / CELL.width)), count, height: rowHeight(isTall) };
  const { top, onScroll, bringIntoSight, turnPage } = useScrolling(box, layout);
  useLayoutEffect(() => {
    if (size.height > 0 && cursor > 0) bringIntoSight(cursor);
  }, [size.height > 0]);
  const place = (index: number, extend: boolean) => {
    setCursor(index);
    if (!extend) anchor.current = index;
    else selection.add(idsBetween(idOf, within(anchor.current), index));
    bringIntoSight(index);
    moved?.(idOf(index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (count === 0 || event.altKey) return;
    const index = gridKey(event.key, cursor, { columns: layout.columns, count, page: turnPage(event.key) });
    const isAll = (event.ctrlKey || event.metaKey) && event.key === "a";
    if (isAll) selection.set(idsBetween(idOf, 0, count - 1));
    else if (index !== undefined) place(index, event.shiftKey);
    else if (event.ctrlKey || event.metaKey) return;
    else if (event.key === " ") event.repeat || selection.toggle(idOf(cursor));
    else if (event.key === "Enter") event.repeat || open(idOf(cursor));
    else if (event.key === "Escape" && selection.ids.size > 0) selection.clear();
    else return;
    event.preventDefault();
  };
  const onClick = (event: MouseEvent) => {
    const index = indexUnder(event);
    if (index === undefined) return;
    // Not the cell: an action may take it away, and the keys would be nobody's.
    box.current!.focus({ preventScroll: true });
    place(index, event.shiftKey);
    if (!event.shiftKey) selection.toggle(idOf(index));
  };
  const onDblClick = (event: MouseEvent) => {
    const index = indexUnder(event);
    if (index !== undefined) open(idOf(index));
  };
  const spare = Math.ceil((SPARE_SCREENS * size.height) / layout.height);
  const { first, last, height, shift } = visibleRows(layout, { top, height: size.height, spare });
  const shown = Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  return (
    <div
      ref={box}
      class={isTall ? "grid tall" : "grid"}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-multiselectable={true}
      aria-activedescendant={count > 0 ? `${prefix}-${cursor}` : undefined}
      onScroll={onScroll}
      onKeyDown={onKeyDown}
      onClick={onClick}
      onDblClick={onDblClick}
    >
      <div class="space" style={{ height: `${height}px` }} role="presentation">
        {shown.map((index) => {
          const { id, caption } = item(index);
          return (
            <Cell
              {...{ key: id, id, caption, index, shift, layout, element: `${prefix}-${index}` }}
              isSelected={selection.ids.has(id)}
              isCursor={index === cursor}
            />
          );
        })}
      </div>
    </div>
  );
}

interface CursorOptions extends Pick<PictureGridProps, "count" | "moved"> {
  readonly idOf: (index: number) => number;
  readonly start: number;
}

/** The cell with the cursor, and the one where a choice with Shift begins, within a list that may change under them. */
function useCursor(o: CursorOptions) {
  const { count, moved } = o;
  const [wanted, setCursor] = useState(o.start);
  const within = (index: number) => Math.max(0, Math.min(index, count - 1));
  const cursor = within(wanted);
  const current = count > 0 ? o.idOf(cursor) : undefined;
  // Before the next key, which is for the image that is outlined.
  useLayoutEffect(() => moved?.(current), [current, moved]);
  return { cursor, setCursor, within, anchor: useRef(o.start) };
}

/** How far the rows are scrolled, and the ways to scroll them. */
function useScrolling(box: { readonly current: HTMLElement | null }, layout: GridLayout) {
  const [top, setTop] = useState(0);
  const inSight = () => ({ top: box.current!.scrollTop, height: box.current!.clientHeight });
  return {
    top,
    onScroll: () => setTop(box.current!.scrollTop),
    bringIntoSight(index: number) {
      box.current!.scrollTop = topWithCell(layout, inSight(), index);
    },
    /** Scrolls by a page, where the key does that. Returns by how many rows. */
    turnPage(key: string) {
      if (key !== "PageDown" && key !== "PageUp") return 1;
      const { top: next, rows } = turnedPage(layout, inSight(), key === "PageDown" ? 1 : -1);
      box.current!.scrollTop = next;
      return rows;
    },
  };
}

interface CellProps extends GridItem {
  readonly index: number;
  readonly layout: GridLayout;
  /** By which the rows stand above their place, in pixels. */
  readonly shift: number;
  readonly element: string;
  readonly isSelected: boolean;
  readonly isCursor: boolean;
}

function Cell({
  id,
  caption,
  index,
  layout: { columns, count, height },
  shift,
  element,
  isSelected,
  isCursor,
}: CellProps) {
  const style = {
    left: `${(index % columns) * CELL.width}px`,
    top: `${Math.floor(index / columns) * height - shift}px`,
  };
  return (
    <div
      id={element}
      role="option"
      tabIndex={-1}
      class={isCursor ? "cell cursor" : "cell"}
      style={style}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      aria-label={`${id}: ${caption}`}
      data-index={index}
    >
      <GridPicture id={id} />
      <span title={caption}>{caption}</span>
    </div>
  );
}

const rowHeight = (isTall: boolean): number => (isTall ? CELL.tallHeight : CELL.height);

const idsBetween = (idOf: (index: number) => number, a: number, b: number): number[] =>
  Array.from({ length: Math.abs(b - a) + 1 }, (_, i) => idOf(Math.min(a, b) + i));

/** The place of the cell that was clicked. */
function indexUnder({ target }: Event): number | undefined {
  const cell = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return cell ? Number(cell.dataset.index) : undefined;
}
