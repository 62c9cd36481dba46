import { basename, extname } from "node:path";
import { bytesOfName, fail, MOST_NAME_BYTES, sameOnDisk, unfitClasses, unfitFolder, unfitPath } from "../core/index.ts";

/** Why an image cannot keep the name of its file; undefined where it can. */
export function unfitFile(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "it is no name of a file";
  if (name.startsWith(".")) return "a file with a leading dot is hidden, and passed over";
  if (/[\0\p{Cs}]/u.test(name)) return "it has a NUL or half of a character";
  if (process.platform === "win32" && unfitFolder(name) !== undefined) return "Windows has no such file";
  return bytesOfName(name) > MOST_NAME_BYTES ? `it has more than ${MOST_NAME_BYTES} bytes` : undefined;
}

/**
 * Refuses classes that cannot be folders, all at once.
 * @param classes the names of coarse classes, each with those of its fine classes
 * @throws MaskconError "usage" where there are any, by name
 */
export function checkFolderNames(classes: ReadonlyMap<string, ReadonlySet<string>>, where: string): void {
  const unfit = [
    unfitClasses(classes.keys(), unfitFolder),
    ...[...classes.values()].map((own) => unfitClasses(own, unfitPath)),
  ];
  const bad = unfit.flatMap((own) => [...own].map(([name, reason]) => `${JSON.stringify(name)} (${reason})`));
  if (bad.length === 0) return;
  const rest = bad.length > 5 ? ` and ${bad.length - 5} more` : "";
  const found = `${bad.slice(0, 5).join(", ")}${rest}`;
  const fix = "name the group otherwise (collection name), or relabel its images";
  fail("usage", { where, expected: "classes that folders can be called after", found, fix });
}

/** Names of files that are free in their folder: a second one of a name has the image's id in it. */
export function freeNames() {
  const taken = new Map<string, Set<string>>();
  return (folder: string, name: string, id: number): string => {
    const own = taken.get(folder) ?? new Set();
    taken.set(folder, own);
    const stem = basename(name, extname(name));
    let free = name;
    for (let n = 1; own.has(sameOnDisk(free)); n++) free = `${stem}-${id}${n > 1 ? `-${n}` : ""}${extname(name)}`;
    own.add(sameOnDisk(free));
    return free;
  };
}
