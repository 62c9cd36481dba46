import { canonicalName } from "../../core/index.ts";

export interface Labels {
  /** "" where there is none. */
  readonly coarse: string;
  readonly fine: string | undefined;
}

/**
 * Labelled images with the names that their classes have in a dataset: in NFC, so that two spellings of one name are one
 * class, and every fine class within its coarse class. Fine classes of one name in several coarse classes are several.
 */
export function nameClasses<T extends Labels>(files: readonly T[]): T[] {
  const named = files.map((file) => renamed(file, canonicalName(file.coarse), file.fine && canonicalName(file.fine)));
  const nameOf = fineNames(named);
  return named.map((file) =>
    file.fine === undefined ? file : renamed(file, file.coarse, nameOf(file.coarse, file.fine)),
  );
}

/** Few labels change: millions of files need no copies. */
const renamed = <T extends Labels>(file: T, coarse: string, fine: string | undefined): T =>
  coarse === file.coarse && fine === file.fine ? file : { ...file, coarse, fine };

/** How a fine class is written, by the names of its coarse class and its own. */
type Form = (coarse: string, fine: string) => string;

const qualified: Form = (coarse, fine) => `${coarse}/${fine}`;

/** Never makes two classes alike: `a/b` of `c` is not `a` of `b/c`. */
const quoted: Form = (coarse, fine) => `${JSON.stringify(coarse)}/${JSON.stringify(fine)}`;

/**
 * The names of all fine classes: its own where only one class has it, else `coarse/fine`. Where that would make two names
 * alike, all are written so; and quoted, where that is not enough.
 */
function fineNames(labels: readonly Labels[]): Form {
  const owners = new Map<string, Set<string>>();
  for (const { coarse, fine } of labels) {
    if (fine === undefined) continue;
    const known = owners.get(fine);
    if (known) known.add(coarse);
    else owners.set(fine, new Set([coarse]));
  }
  const shortest: Form = (coarse, fine) => (owners.get(fine)!.size > 1 ? qualified(coarse, fine) : fine);
  return [shortest, qualified].find((form) => areDifferent(owners, form)) ?? quoted;
}

function areDifferent(owners: ReadonlyMap<string, ReadonlySet<string>>, form: Form): boolean {
  const names = new Set<string>();
  let count = 0;
  for (const [fine, classes] of owners) {
    for (const coarse of classes) names.add(form(coarse, fine));
    count += classes.size;
  }
  return names.size === count;
}
