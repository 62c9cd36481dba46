import { basename, extname } from "node:path";
import { canonicalName, fail } from "../core/index.ts";

/** Bytes that common file systems allow in a name. */
const MOST_BYTES = 255;
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** Why a class cannot be a folder that comes back under the same name everywhere; undefined where it can. */
export function unfitFolder(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "it is no name of a folder";
  if (name.startsWith(".")) return "a folder with a leading dot is hidden, and passed over";
  if (/[/\\]/.test(name)) return "it has a slash";
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return "it has a control character or half of a character";
  if (/[<>:"|?*]/.test(name) || /[. ]$/.test(name) || reserved.test(name)) return "Windows has no such folder";
  return Buffer.byteLength(name) > MOST_BYTES ? `it has more than ${MOST_BYTES} bytes` : undefined;
}

/** Why an image cannot keep the name of its file; undefined where it can. */
export function unfitFile(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "it is no name of a file";
  if (name.startsWith(".")) return "a file with a leading dot is hidden, and passed over";
  if (/[\0\p{Cs}]/u.test(name)) return "it has a NUL or half of a character";
  if (process.platform === "win32" && unfitFolder(name) !== undefined) return "Windows has no such file";
  return Buffer.byteLength(name) > MOST_BYTES ? `it has more than ${MOST_BYTES} bytes` : undefined;
}

/** Names that some file system takes for one: it writes accents in its own way, or does not tell case. */
const sameOnDisk = (name: string): string => canonicalName(name).toLowerCase();

/**
 * Refuses classes that cannot be folders, all at once.
 * @param classes the names of coarse classes, each with those of its fine classes
 * @throws MaskconError "usage" where there are any, by name
 */
export function checkFolderNames(classes: ReadonlyMap<string, ReadonlySet<string>>, where: string): void {
  const bad: string[] = [];
  const check = (names: Iterable<string>, parts: (name: string) => readonly string[]) => {
    const taken = new Map<string, string>();
    for (const name of names) {
      const reason = parts(name).map(unfitFolder).find(Boolean);
      const twin = taken.get(sameOnDisk(name));
      if (reason !== undefined) bad.push(`${JSON.stringify(name)} (${reason})`);
      else if (twin !== undefined) bad.push(`${JSON.stringify(name)} (some disks take it for ${JSON.stringify(twin)})`);
      taken.set(sameOnDisk(name), name);
    }
  };
  check(classes.keys(), (name) => [name]);
  // A fine class may lie deeper: its name is then its path.
  for (const fine of classes.values()) check(fine, (name) => name.split("/"));
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
