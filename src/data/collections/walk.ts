import { type Dirent, promises as fs } from "node:fs";
import { extname, join } from "node:path";
import { canonicalName, fail, fsReason } from "../../core/index.ts";
import { isImageName, isPictureName, READABLE_FORMATS } from "../images/image-names.ts";

/** Deeper than any sensible collection, and shallow enough to stop at once in an endless one. */
const MAX_DEPTH = 32;
/** Ways to one folder, by links: a few links that each lead to the next few would double them at every level. */
const MAX_WAYS = 100;

export interface FoundFile {
  /** Below the folder, with forward slashes. */
  readonly path: string;
  /** Why it cannot be read, known from its name or kind alone. */
  readonly problem: string | undefined;
}

/**
 * All image files below a folder, in a fixed order (by name, not by locale or by how a file system writes letters). Hidden files and other kinds are passed over;
 * symbolic links are followed.
 * @throws MaskconError "data" where there is no such folder, a loop or a multitude of links, or absurd nesting
 */
export async function walk(root: string, signal?: AbortSignal): Promise<FoundFile[]> {
  const walked: Walk = { root, found: [], ways: new Map(), signal };
  const real = await fs.realpath(root).catch((error) => unreadable(root, error));
  await walkInto(walked, "", [real]);
  return walked.found;
}

interface Walk {
  readonly root: string;
  readonly found: FoundFile[];
  /** How often each folder was reached, by its real path. */
  readonly ways: Map<string, number>;
  readonly signal: AbortSignal | undefined;
}

async function walkInto(walk: Walk, below: string, ancestors: readonly string[]): Promise<void> {
  const { root, found, signal } = walk;
  signal?.throwIfAborted();
  const folder = join(root, below);
  if (ancestors.length > MAX_DEPTH) {
    fail("data", { where: folder, expected: `folders nested at most ${MAX_DEPTH} deep`, found: "deeper ones" });
  }
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error) => unreadable(folder, error));
  entries.sort((a, b) => before(canonicalName(a.name), canonicalName(b.name)) || before(a.name, b.name));
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = below ? `${below}/${entry.name}` : entry.name;
    const kind = await kindOf(root, path, entry);
    if (kind === "folder") await walkInto(walk, path, [...ancestors, await enter(walk, path, ancestors)]);
    else add(found, path, kind);
  }
}

const before = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The real path of a folder, unless links make it endless. */
async function enter({ root, ways }: Walk, path: string, ancestors: readonly string[]): Promise<string> {
  const where = join(root, path);
  const real = await fs.realpath(where).catch((error) => unreadable(where, error));
  if (ancestors.includes(real)) {
    const expected = "a folder that does not contain itself";
    fail("data", { where, expected, found: `a link back to ${real}`, fix: "remove the link" });
  }
  const count = (ways.get(real) ?? 0) + 1;
  ways.set(real, count);
  if (count > MAX_WAYS) {
    const expected = `links that lead to a folder in at most ${MAX_WAYS} ways`;
    fail("data", { where, expected, found: `one way more to ${real}`, fix: "remove some of the links" });
  }
  return real;
}

type Kind = "folder" | "file" | "broken link" | "special file";

async function kindOf(root: string, path: string, entry: Dirent): Promise<Kind> {
  const target = entry.isSymbolicLink() ? await fs.stat(join(root, path)).catch(() => undefined) : entry;
  if (!target) return "broken link";
  return target.isDirectory() ? "folder" : target.isFile() ? "file" : "special file";
}

function add(found: FoundFile[], path: string, kind: Kind): void {
  if (isImageName(path)) {
    found.push({ path, problem: kind === "file" ? undefined : `it is a ${kind}` });
  } else if (isPictureName(path)) {
    found.push({ path, problem: `${extname(path).toLowerCase()} is not read: make it ${READABLE_FORMATS}` });
  }
}

function unreadable(folder: string, error: unknown): never {
  fail("data", { where: folder, expected: "a readable folder", found: fsReason(error) }, error);
}
