/** A group of images inside a coarse class, as it is now. */
export interface CollectionGroup {
  /** From 1 on, never used again: not for another group, not after undo. */
  readonly id: number;
  /** The class that it lies in; null for images without one. */
  readonly coarse: string | null;
  readonly name: string | null;
  /** Live images. */
  readonly size: number;
  /** Where it was proposed: the proposal, and its place among all groups of that. Undefined for groups made by hand. */
  readonly proposed: ProposedPlace | undefined;
}

/** Where a group was proposed. */
export interface ProposedPlace {
  /** Name of the proposal, one of `RowGroups.proposals`. */
  readonly proposal: string;
  /** Place among all groups of that proposal, from 0 on. */
  readonly place: number;
}

/** The groups of a collection's rows. */
export interface RowGroups {
  /** [rows], the id of each row's group; 0 where it lies in none. */
  readonly of: Int32Array;
  /** [rows], share of the nearest images that lie in the proposed group, 0 to 1; NaN for rows that a person placed. */
  readonly confidence: Float32Array;
  /** By rising id: those that have an image or a name. */
  readonly list: readonly CollectionGroup[];
  /** Proposals in force, the newest first. */
  readonly proposals: readonly string[];
}

/** A group as actions see it. */
export interface GroupFacts {
  /** Place in the coarse classes; -1 for none. */
  readonly coarse: number;
  readonly name: string | null;
  readonly proposed?: ProposedPlace;
}

/** Groups that actions change. What is public of them is set anew by `refresh`. */
export interface EditableGroups extends RowGroups {
  /** A living group. */
  get(id: number): GroupFacts | undefined;
  all(): Iterable<[id: number, group: GroupFacts]>;
  set(id: number, group: GroupFacts): void;
  /** Its images are in none then, but where `heir` takes them. */
  remove(id: number, heir?: number): void;
  /** The living group of a row; 0 where it has none. */
  at(row: number): number;
  /** A row whose confidence is left out was placed by a person. */
  put(row: number, id: number, confidence?: number): void;
  /** Keeps its confidence. */
  move(row: number, id: number): void;
  addProposal(name: string): void;
  reset(): void;
  /** @param status [rows], 0 for live rows */
  refresh(coarse: readonly string[], status: Uint8Array): void;
}

/**
 * Groups of so many rows, none yet. A merge moves no row: a removed group names its heir, and rows are resolved when they
 * are asked for. So ten thousand merges of large groups cost no more than small ones.
 */
export function editableGroups(length: number): EditableGroups {
  const of = new Int32Array(length);
  const confidence = new Float32Array(length).fill(Number.NaN);
  const placed = new Int32Array(length);
  const living = new Map<number, GroupFacts>();
  const heirs = new Map<number, number>();
  const proposals: string[] = [];
  let list: readonly CollectionGroup[] = [];
  /** The last heir; the way there is cut short. */
  const heirOf = (id: number): number => {
    let last = id;
    for (let next = heirs.get(last); next !== undefined; next = heirs.get(last)) last = next;
    for (let at = id; at !== last; ) {
      const next = heirs.get(at)!;
      heirs.set(at, last);
      at = next;
    }
    return last;
  };
  const at = (row: number): number => {
    const id = heirOf(placed[row]!);
    return living.has(id) ? id : 0;
  };
  return {
    of,
    confidence,
    proposals,
    get list() {
      return list;
    },
    get: (id) => living.get(id),
    all: () => living.entries(),
    set: (id, group) => void living.set(id, group),
    remove(id, heir) {
      living.delete(id);
      if (heir !== undefined) heirs.set(id, heir);
    },
    at,
    put(row, id, sure = Number.NaN) {
      placed[row] = id;
      confidence[row] = sure;
    },
    move(row, id) {
      placed[row] = id;
    },
    addProposal: (name) => void proposals.unshift(name),
    reset() {
      for (const map of [living, heirs]) map.clear();
      placed.fill(0);
      confidence.fill(Number.NaN);
      proposals.length = 0;
    },
    refresh(coarse, status) {
      const [sizes, filled] = [new Map<number, number>(), new Set<number>()];
      for (let row = 0; row < length; row++) {
        const id = placed[row] === 0 ? 0 : at(row);
        of[row] = id;
        if (id === 0) continue;
        filled.add(id);
        if (status[row] === 0) sizes.set(id, (sizes.get(id) ?? 0) + 1);
      }
      list = [...living]
        .filter(([id, { name }]) => name !== null || filled.has(id))
        .sort(([a], [b]) => a - b)
        .map(([id, group]) => ({
          ...{ id, coarse: coarse[group.coarse] ?? null, name: group.name, size: sizes.get(id) ?? 0 },
          proposed: group.proposed,
        }));
    },
  };
}
