import { useLayoutEffect, useRef } from "preact/hooks";

/** A key, or several, and what it does. */
interface ListedKey {
  readonly key: string;
  readonly does: string;
}

/** A key by its place, as `KeyboardEvent.code` names it: whatever the layout writes there. */
interface KeyPlace {
  readonly code: string;
  readonly shift: boolean;
}

/** A key, as `KeyboardEvent.key` names it, what it does, and the work. */
export interface Shortcut extends ListedKey {
  readonly run: () => void;
  /** Where it is by its place as well. With the other state of Shift the key there is none of it. */
  readonly place?: KeyPlace | undefined;
  /** Whether it runs on while the key is held: only where a step too many does no harm. */
  readonly repeats?: boolean | undefined;
}

/** Those of what is shown, in the order in which it appeared: the help lists them. */
const shown = new Set<{ readonly current: readonly ListedKey[] }>();

/** Each once: several parts of a page may have the same. */
export const shownKeys = (): ListedKey[] => [
  ...new Map(
    [...shown].flatMap(({ current }) => current).map((entry) => [`${entry.key} ${entry.does}`, entry]),
  ).values(),
];

/** Lists keys that a part of the page takes itself, while it is shown. */
export function useListedKeys(keys: readonly ListedKey[]): void {
  useLayoutEffect(() => {
    const own = { current: keys };
    shown.add(own);
    return () => void shown.delete(own);
  }, [keys]);
}

/** Whether a key that was pressed is the one of a shortcut. */
export function isKeyOf(
  { key, place }: Pick<Shortcut, "key" | "place">,
  event: Pick<KeyboardEvent, "key" | "code" | "shiftKey">,
): boolean {
  return event.code === place?.code ? event.shiftKey === place.shift : event.key === key;
}

/** A box that was just checked keeps the focus, and takes no letters. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("input:not([type=checkbox]), select, textarea, dialog") !== null;

/** Keys that work while a component is shown, but not while somebody types or a dialog is open. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useLayoutEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      // In some browsers a click on the text of a dialog leaves the focus nowhere.
      if (document.querySelector("dialog[open]")) return;
      const shortcut = latest.current.find((own) => isKeyOf(own, event));
      if (!shortcut || event.defaultPrevented) return;
      event.preventDefault();
      if (!event.repeat || shortcut.repeats) shortcut.run();
    };
    shown.add(latest);
    addEventListener("keydown", listen);
    return () => {
      shown.delete(latest);
      removeEventListener("keydown", listen);
    };
  }, []);
}
