import { readdir } from "node:fs/promises";
import { join, parse, sep } from "node:path";
import { canonicalName, groupBy, hasOtherForms } from "../../core/index.ts";

/** The names in a folder that have several forms, by the canonical one. */
type Names = ReadonlyMap<string, readonly string[]>;

/** No file system takes longer ones. */
const MAX_PATH = 2 ** 12;

/**
 * A function that gives the absolute path by which the file system knows a file, where a list writes the same letters in
 * another form of Unicode. A path that leads to nothing is given back as it is. Each folder is read once.
 */
export function pathsOnDisk(): (path: string) => Promise<string> {
  const folders = new Map<string, Names>();
  return async (path) => {
    if (!hasOtherForms(path) || path.length > MAX_PATH) return path;
    const { root } = parse(path);
    let found = root;
    for (const name of path.slice(root.length).split(sep)) {
      const names = hasOtherForms(name) ? (folders.get(found) ?? (await namesIn(found))) : none;
      if (names === undefined) return path;
      if (names !== none) folders.set(found, names);
      const written = names.get(canonicalName(name)) ?? [];
      found = join(found, written.includes(name) ? name : (written[0] ?? name));
    }
    return found;
  };
}

const none: Names = new Map();

/** Undefined: there is no such folder. One that may not be listed gives no names. */
async function namesIn(folder: string): Promise<Names | undefined> {
  try {
    return groupBy((await readdir(folder)).filter(hasOtherForms), canonicalName);
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "") ? undefined : none;
  }
}
