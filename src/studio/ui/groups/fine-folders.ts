import { groupBy, unfitClasses, unfitFolder, unfitPath } from "../../../core/index.ts";
import type { Studio } from "../use-studio.ts";

interface FineFolder {
  readonly coarse: string;
  readonly fine: string;
  /** Images. */
  count: number;
  /** Whether it is called after a group without a name, and after something else. */
  isStandIn: boolean;
  isGiven: boolean;
}

/** A folder as it is shown. */
export interface ShownFolder extends Pick<FineFolder, "coarse" | "fine" | "count"> {
  /** Why the folders will be refused for it; undefined where they will not. */
  readonly problem: string | undefined;
}

/**
 * The fine folders that would be written, as the server names them, those first that it refuses; and how many live images are
 * in no group without a fine class.
 */
export function fineFolders({ state, columns }: Pick<Studio, "state" | "columns">): {
  folders: ShownFolder[];
  unsure: number;
} {
  const names = new Map(state.groups.map(({ id, name }) => [id, name]));
  const folders = new Map<string, FineFolder>();
  let unsure = 0;
  for (let row = 0; row < columns.length; row++) {
    const coarse = state.coarse[columns.coarse[row]!];
    if (columns.status[row] !== 0 || coarse === undefined) continue;
    const group = columns.group[row]!;
    const given = names.get(group) ?? state.fine[columns.fine[row]!];
    const fine = given ?? (group > 0 ? `group-${group}` : undefined);
    if (fine === undefined) unsure++;
    else {
      const key = `${columns.coarse[row]} ${fine}`;
      const folder = folders.get(key) ?? { coarse, fine, count: 0, isStandIn: false, isGiven: false };
      folder.count++;
      if (given === undefined) folder.isStandIn = true;
      else folder.isGiven = true;
      folders.set(key, folder);
    }
  }
  const byName = new Intl.Collator("en", { numeric: true }).compare;
  const isBad = ({ problem }: ShownFolder) => Number(problem !== undefined);
  return {
    folders: withProblems([...folders.values()]).sort(
      (a, b) => isBad(b) - isBad(a) || byName(a.coarse, b.coarse) || byName(a.fine, b.fine),
    ),
    unsure,
  };
}

/** By the rules of the export. */
function withProblems(folders: readonly FineFolder[]): ShownFolder[] {
  const ofClass = groupBy(folders, ({ coarse }) => coarse);
  const badClasses = unfitClasses(ofClass.keys(), unfitFolder);
  return [...ofClass].flatMap(([coarse, own]) => {
    const bad = unfitClasses(
      own.map(({ fine }) => fine),
      unfitPath,
    );
    return own.map(({ fine, count, isStandIn, isGiven }) => {
      const twice = isStandIn && isGiven ? "a group without a name would be called so, too" : undefined;
      return { coarse, fine, count, problem: badClasses.get(coarse) ?? bad.get(fine) ?? twice };
    });
  });
}
