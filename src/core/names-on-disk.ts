import { canonicalName } from "./canonical-name.ts";

/** Bytes that common file systems allow in a name. */
export const MOST_NAME_BYTES = 255;
const reserved = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/i;

/** In UTF-8. */
export const bytesOfName = (name: string): number => new TextEncoder().encode(name).length;

/** Names that some file system takes for one: it writes accents in its own way, or does not tell case. */
export const sameOnDisk = (name: string): string => canonicalName(name).toLowerCase();

/** Why a class cannot be a folder that comes back under the same name everywhere; undefined where it can. */
export function unfitFolder(name: string): string | undefined {
  if (name === "" || name === "." || name === "..") return "it is no name of a folder";
  if (name.startsWith(".")) return "a folder with a leading dot is hidden, and passed over";
  if (/[/\\]/.test(name)) return "it has a slash";
  if (/[\p{Cc}\p{Cs}]/u.test(name)) return "it has a control character or half of a character";
  if (/[<>:"|?*]/.test(name) || /[. ]$/.test(name) || reserved.test(name)) return "Windows has no such folder";
  return bytesOfName(name) > MOST_NAME_BYTES ? `it has more than ${MOST_NAME_BYTES} bytes` : undefined;
}

/** Why a fine class cannot be a folder; undefined where it can. It may lie deeper: its name is then its path. */
export const unfitPath = (name: string): string | undefined => name.split("/").map(unfitFolder).find(Boolean);

/**
 * Classes that cannot be folders beside each other, by name, each with the reason.
 * @param unfit why one alone cannot be
 */
export function unfitClasses(
  names: Iterable<string>,
  unfit: (name: string) => string | undefined,
): Map<string, string> {
  const bad = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const name of names) {
    const parts = name.split("/");
    const paths = parts.map((_, i) => parts.slice(0, i + 1).join("/"));
    const twin = paths
      .map((path) => taken.get(sameOnDisk(path)))
      .find((own, i) => own !== undefined && own !== paths[i]);
    const reason = unfit(name) ?? (twin === undefined ? undefined : `some disks take it for ${JSON.stringify(twin)}`);
    if (reason !== undefined) bad.set(name, reason);
    for (const path of paths) if (!taken.has(sameOnDisk(path))) taken.set(sameOnDisk(path), path);
  }
  return bad;
}
