/** Leads the keyboard to the first pictures of the page, or to those of a pane by its name, where it is there. */
export function focusFirstGrid(pane?: string): void {
  const grids = [...document.querySelectorAll<HTMLElement>("#page .panes .grid")];
  const own = grids.find((grid) => grid.closest<HTMLElement>("[data-pane]")?.dataset.pane === pane);
  (own ?? grids[0])?.focus();
}
