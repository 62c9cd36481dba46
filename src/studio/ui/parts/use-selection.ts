import { useMemo, useState } from "preact/hooks";

/** Ids of images that were chosen. */
export interface Selection {
  readonly ids: ReadonlySet<number>;
  toggle(id: number): void;
  /** Adds them. */
  add(ids: Iterable<number>): void;
  /** Leaves them: those of an action that was taken, while others may have been chosen meanwhile. */
  remove(ids: Iterable<number>): void;
  set(ids: Iterable<number>): void;
  clear(): void;
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set());
  const changes = useMemo(() => {
    const remove = (gone: Iterable<number>) => {
      const left = new Set(gone);
      setIds((before) => new Set([...before].filter((id) => !left.has(id))));
    };
    const add = (more: Iterable<number>) => setIds((before) => new Set([...before, ...more]));
    const set = (next: Iterable<number>) => setIds(new Set(next));
    return { remove, add, set, clear: () => set([]) };
  }, []);
  return { ...changes, ids, toggle: (id) => (ids.has(id) ? changes.remove([id]) : changes.add([id])) };
}
