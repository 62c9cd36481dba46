/** Cells in rows. */
export interface GridLayout {
  readonly columns: number;
  readonly count: number;
  /** Of a cell, in pixels. */
  readonly height: number;
}

/** What of the rows is in sight, in pixels: `top` is how far the box is scrolled. */
interface ScrolledBox {
  readonly top: number;
  readonly height: number;
}

/** Chromium cuts what is in a box at 33,554,428 px. */
const MOST_PIXELS = 30_000_000;

/** The height of the rows in the box, and the pixels of rows by which a scrolled pixel moves them: more than 1 where they are too high. */
function scrollScale({ columns, count, height }: GridLayout, box: ScrolledBox) {
  const all = Math.ceil(count / columns) * height;
  const shown = Math.min(all, MOST_PIXELS);
  return { height: shown, scale: all === shown ? 1 : (all - box.height) / (shown - box.height) };
}

/**
 * The cells [first, last) in sight, with some rows around them, the height of all rows in pixels, and by how much the rows
 * stand above their place.
 */
export function visibleRows(
  layout: GridLayout,
  box: ScrolledBox & { readonly spare: number },
): { first: number; last: number; height: number; shift: number } {
  const { columns, count } = layout;
  const { height, scale } = scrollScale(layout, box);
  const top = box.top * scale;
  const rows = Math.ceil(count / columns);
  const from = Math.max(0, Math.floor(top / layout.height) - box.spare);
  const to = Math.min(rows, Math.ceil((top + box.height) / layout.height) + box.spare);
  const shift = Math.round(top - box.top);
  return { first: Math.min(count, from * columns), last: Math.min(count, to * columns), height, shift };
}

/** How far the box is to be scrolled so that a cell is in sight: no further than that. */
export function topWithCell(layout: GridLayout, box: ScrolledBox, index: number): number {
  const { scale } = scrollScale(layout, box);
  const [top, row] = [box.top * scale, Math.floor(index / layout.columns) * layout.height];
  if (row < top) return row / scale;
  const below = row + layout.height - box.height;
  return below > top ? below / scale : box.top;
}

/**
 * The screen of whole rows behind what is in sight, or before it: how far the box is to be scrolled so that it begins with a
 * row, and the rows by which that moves it. At the end that is further than the box can go.
 */
export function turnedPage(layout: GridLayout, box: ScrolledBox, by: 1 | -1): { top: number; rows: number } {
  const { scale } = scrollScale(layout, box);
  // A scrolled box stands between pixels.
  const slack = scale + 1;
  const top = box.top * scale;
  const first = Math.ceil((top - slack) / layout.height);
  const behind = Math.floor((top + box.height + slack) / layout.height);
  const page = Math.max(1, Math.floor((box.height + slack) / layout.height));
  const rows = by > 0 ? Math.max(1, behind - first) : page;
  return { top: (Math.max(0, first + by * rows) * layout.height) / scale, rows };
}

/** Where a key takes the cursor; undefined where it is none of those that move it. @param at a page has `page` rows */
export function gridKey(
  key: string,
  cursor: number,
  at: { readonly columns: number; readonly count: number; readonly page: number },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -at.columns,
    ArrowDown: at.columns,
    PageUp: -at.columns * at.page,
    PageDown: at.columns * at.page,
  };
  const last = at.count - 1;
  if (key === "Home") return 0;
  if (key === "End") return last;
  const step = steps[key];
  return step === undefined ? undefined : Math.max(0, Math.min(last, cursor + step));
}
