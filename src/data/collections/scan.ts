import { promises as fs } from "node:fs";
import { join } from "node:path";
import { fail, fsReason } from "../../core/index.ts";
import { refuseUrlAs } from "../../formats/index.ts";
import { type FoundFile, walk } from "./walk.ts";

/** What a folder holds. Its names are read once, and its images are walked once, however many recognisers ask. */
export interface Scan {
  readonly path: string;
  /** All names in it, hidden ones too. */
  readonly names: readonly string[];
  /** The visible names of files, links among them. */
  readonly files: readonly string[];
  /** The visible names of folders. */
  readonly folders: readonly string[];
  /** Whether it has a file `name`, or a folder `name/`, links followed. A pipe counts as a file: reading it is refused. */
  holds(sign: string): Promise<boolean>;
  /** The folder `name` or `a/b` in it. One that is not there, or that cannot be read, holds nothing. */
  inside(path: string): Promise<Scan>;
  /**
   * All images below, at any depth.
   * @throws MaskconError "data" where `walk` fails
   */
  images(): Promise<readonly FoundFile[]>;
}

/**
 * @param expected what it should be, for messages
 * @throws MaskconError "data" where the folder cannot be read
 */
export async function scanFolder(path: string, signal?: AbortSignal, expected = "a readable folder"): Promise<Scan> {
  const entries = await fs.readdir(path, { withFileTypes: true }).catch((error) => {
    refuseUrlAs("folder", path);
    return fail("data", { where: path, expected, found: fsReason(error) }, error);
  });
  return scanOf(path, entries, signal);
}

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function scanOf(path: string, entries: readonly Entry[], signal: AbortSignal | undefined): Scan {
  const names = entries.map(({ name }) => name);
  const named = new Set(names);
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  const links = new Set(entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => name));
  const visible = names.filter((name) => !name.startsWith("."));
  const insides = new Map<string, Promise<Scan>>();
  let images: Promise<readonly FoundFile[]> | undefined;

  const isFolder = async (name: string): Promise<boolean | undefined> =>
    links.has(name) ? (await fs.stat(join(path, name)).catch(() => undefined))?.isDirectory() : folders.has(name);
  const list = async (name: string): Promise<Scan> => {
    const inner = join(path, name);
    const found = named.has(name) ? await fs.readdir(inner, { withFileTypes: true }).catch(() => []) : [];
    return scanOf(inner, found, signal);
  };
  return {
    path,
    names,
    files: visible.filter((name) => !folders.has(name)),
    folders: visible.filter((name) => folders.has(name)),
    async holds(sign) {
      const name = sign.replace(/\/$/, "");
      return named.has(name) && (await isFolder(name)) === (name !== sign);
    },
    async inside(below) {
      const [name = "", ...deeper] = below.split("/");
      const inner = insides.get(name) ?? list(name);
      insides.set(name, inner);
      return deeper.length === 0 ? inner : (await inner).inside(deeper.join("/"));
    },
    images() {
      images ??= walk(path, signal);
      return images;
    },
  };
}
