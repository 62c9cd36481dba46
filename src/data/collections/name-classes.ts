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
  const composed = once(canonicalName);
  const named = files.map((file) => renamed(file, composed(file.coarse), file.fine && composed(file.fine)));
  const nameOf = fineNames(named);
  return named.map((file) =>
    file.fine === undefined ? file : renamed(file, file.coarse, nameOf(file.coarse, file.fine)),
  );
}

/** Few labels change, and millions of files need no copies. */
const renamed = <T extends Labels>(file: T, coarse: string, fine: string | undefined): T =>
  coarse === file.coarse && fine === file.fine ? file : { ...file, coarse, fine };

/** The same text for all images of a class. */
function once(name: (text: string) => string): (text: string) => string {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text) ?? name(text);
    if (!names.has(text)) names.set(text, known);
    return known;
  };
}

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
  /** Of each fine name, by coarse class: what the class is called. */
  const classes = new Map<string, Map<string, string>>();
  for (const { coarse, fine } of labels) {
    if (fine === undefined) continue;
    const owners = classes.get(fine);
    if (owners) owners.set(coarse, "");
    else classes.set(fine, new Map([[coarse, ""]]));
  }
  const shortest: Form = (coarse, fine) => (classes.get(fine)!.size > 1 ? qualified(coarse, fine) : fine);
  [shortest, qualified, quoted].some((form) => writeAll(classes, form));
  return (coarse, fine) => classes.get(fine)!.get(coarse)!;
}

/** Writes every class in a form; false where two are alike. */
function writeAll(classes: ReadonlyMap<string, Map<string, string>>, form: Form): boolean {
  const names = new Set<string>();
  let count = 0;
  for (const [fine, owners] of classes) {
    for (const coarse of owners.keys()) {
      const name = form(coarse, fine);
      owners.set(coarse, name);
      names.add(name);
    }
    count += owners.size;
  }
  return names.size === count;
}
