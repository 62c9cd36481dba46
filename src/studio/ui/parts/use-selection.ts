import { useCallback, useState } from "preact/hooks";

/** Ids of images that were chosen. */
export interface Selection {
  readonly ids: ReadonlySet<number>;
  toggle(id: number): void;
  /** Adds them. */
  add(ids: Iterable<number>): void;
  set(ids: Iterable<number>): void;
  clear(): void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const set = useCallback((next: Iterable<number>) => setIds(new Set(next)), []);
  return {
    ids,
    set,
    toggle: (id) => set(ids.has(id) ? [...ids].filter((other) => other !== id) : [...ids, id]),
    add: (more) => set([...ids, ...more]),
    clear: () => set([]),
  };
}
