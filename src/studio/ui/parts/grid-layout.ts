/** Cells in rows. */
interface GridLayout {
  readonly columns: number;
  readonly count: number;
  /** Of a cell, in pixels. */
  readonly height: number;
}

/** The cells [first, last) in sight, with some rows around them, and the height of all rows in pixels. */
export function visibleRows(
  { columns, count, height }: GridLayout,
  window: { readonly top: number; readonly height: number; readonly spare: number },
): { first: number; last: number; height: number } {
  const rows = Math.ceil(count / columns);
  const from = Math.max(0, Math.floor(window.top / height) - window.spare);
  const to = Math.min(rows, Math.ceil((window.top + window.height) / height) + window.spare);
  return { first: Math.min(count, from * columns), last: Math.min(count, to * columns), height: rows * height };
}

/** Where a key takes the cursor; undefined where it is none of those that move it. @param at rows in sight are `page` */
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
