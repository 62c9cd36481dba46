/** Leads the keyboard to the first pictures of the page. */
export const focusFirstGrid = (): void => document.querySelector<HTMLElement>("#page .panes .grid")?.focus();
