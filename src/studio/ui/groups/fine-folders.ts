import type { Studio } from "../use-studio.ts";

interface FineFolder {
  readonly coarse: string;
  readonly fine: string;
  /** Images. */
  count: number;
}

/** The fine folders that would be written, as the server names them, and how many live images are in no group without a fine class. */
export function fineFolders({ state, columns }: Pick<Studio, "state" | "columns">): {
  folders: FineFolder[];
  unsure: number;
} {
  const names = new Map(state.groups.map(({ id, name }) => [id, name]));
  const folders = new Map<string, FineFolder>();
  let unsure = 0;
  for (let row = 0; row < columns.length; row++) {
    const coarse = state.coarse[columns.coarse[row]!];
    if (columns.status[row] !== 0 || coarse === undefined) continue;
    const group = columns.group[row]!;
    const fine = names.get(group) ?? state.fine[columns.fine[row]!] ?? (group > 0 ? `group-${group}` : undefined);
    if (fine === undefined) unsure++;
    else {
      const key = `${columns.coarse[row]} ${fine}`;
      const folder = folders.get(key) ?? { coarse, fine, count: 0 };
      folder.count++;
      folders.set(key, folder);
    }
  }
  const byName = new Intl.Collator("en", { numeric: true }).compare;
  return {
    folders: [...folders.values()].sort((a, b) => byName(a.coarse, b.coarse) || byName(a.fine, b.fine)),
    unsure,
  };
}
