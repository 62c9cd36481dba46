import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { basename, join, sep } from "node:path";
import { fail, messageOf } from "../../../core/index.ts";
import { lockHolder } from "../../../core/lock.ts";
import { type RunPaths, readRecord, runPaths } from "../../../run/index.ts";
import type { RunEntry, RunList } from "../../protocol.ts";

/** Further folders are not looked at. */
const MOST_ENTRIES = 1000;
/** What a run writes has a few kilobytes. */
const MOST_CONFIG_BYTES = 1 << 20;
const MOST_LOCK_BYTES = 1 << 12;

export interface KnownRun {
  readonly entry: RunEntry;
  readonly paths: RunPaths;
  readonly id: string | undefined;
  /** As text, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

/** The runs of a folder, read only. */
export interface RunCatalog {
  list(): Promise<RunList>;
  /** By its name in the list; undefined where the list has none of that name. */
  find(name: string): Promise<KnownRun | undefined>;
  /** The run with this `id`, where one of the list has it. */
  withId(id: string): Promise<KnownRun | undefined>;
  /** Where a file of a run really lies. @throws MaskconError "data" where that is outside of the folder */
  within(path: string): Promise<string>;
}

/** @throws MaskconError "usage" where `folder` is no folder */
export async function openCatalog(folder: string): Promise<RunCatalog> {
  const root = await realpath(folder).catch(() => undefined);
  if (!root || !(await stat(root)).isDirectory()) {
    return fail("usage", { where: folder, expected: "a folder of runs", found: root ? "a file" : "no such folder" });
  }
  const records = new Map<string, { stamp: string; known: Settled }>();
  const within = (path: string) => realPathIn(root, path);

  async function known(name: string): Promise<KnownRun | undefined> {
    const title = name === "." ? basename(root!) : name;
    try {
      const paths = runPaths(await within(join(root!, name)));
      const config = await statOf(paths.config);
      if (!config && !(await statOf(paths.metrics))) return undefined;
      const { problem, id, settings, method, backbone } = await settled(name, paths, config);
      const isTraining = await isLocked(paths.folder);
      return { paths, id, settings, entry: { name, title, isTraining, method, backbone, problem } };
    } catch (error) {
      const entry = { name, title, isTraining: false, method: null, backbone: null, problem: messageOf(error) };
      return { paths: runPaths(join(root!, name)), id: undefined, settings: {}, entry };
    }
  }

  /** What a run's settings say; read again where the file changed. */
  async function settled(name: string, paths: RunPaths, config: Stats | undefined): Promise<Settled> {
    const stamp = config ? `${config.ino} ${config.mtimeMs} ${config.size}` : "none";
    const before = records.get(name);
    if (before?.stamp === stamp) return before.known;
    const found = await readSettings(paths, config, within);
    records.set(name, { stamp, known: found });
    return found;
  }

  return {
    within,
    async withId(id) {
      for (const name of [".", ...(await namesIn(root)).names]) {
        const run = await known(name);
        if (run?.id === id) return run;
      }
      return undefined;
    },
    find: async (name) => (name === "." || (await namesIn(root)).names.includes(name) ? known(name) : undefined),
    async list() {
      const { names, total } = await namesIn(root);
      const runs: RunEntry[] = [];
      for (const name of [".", ...names]) {
        const run = await known(name);
        if (run) runs.push(run.entry);
      }
      const problem = total > names.length ? `Only the first ${names.length} of ${total} folders are shown.` : null;
      return { folder: root, runs, problem };
    },
  };
}

/** Folders, and links that may lead to some. */
async function namesIn(root: string): Promise<{ names: string[]; total: number }> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
  const { compare } = new Intl.Collator("en", { numeric: true });
  return { names: folders.sort(compare).slice(0, MOST_ENTRIES), total: folders.length };
}

async function realPathIn(root: string, path: string): Promise<string> {
  const real = await realpath(path).catch(() => path);
  if (real === root || real.startsWith(root.endsWith(sep) ? root : root + sep)) return real;
  return fail("data", { where: path, expected: `what lies in ${root}`, found: "a link out of it" });
}

interface Settled extends Pick<KnownRun, "id" | "settings"> {
  readonly method: string | null;
  readonly backbone: string | null;
  readonly problem: string | null;
}

async function readSettings(
  paths: RunPaths,
  config: Stats | undefined,
  within: (path: string) => Promise<string>,
): Promise<Settled> {
  const none = { id: undefined, settings: {}, method: null, backbone: null };
  if (!config) return { ...none, problem: "it has no config.json" };
  try {
    await within(paths.config);
    if (!config.isFile() || config.size > MOST_CONFIG_BYTES) {
      const found = config.isFile() ? `${config.size} bytes` : "no file";
      fail("data", { where: paths.config, expected: "the config.json of a run", found });
    }
    const record = (await readRecord(paths))!;
    const { id, dataset, data } = record;
    const values = { ...record.config, dataset: dataset.name, trainImages: dataset.trainImages, data };
    const settings = Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, text(value)]],
    );
    const { method, backbone } = record.config;
    return { id, settings: Object.fromEntries(settings), method, backbone, problem: null };
  } catch (error) {
    return { ...none, problem: messageOf(error) };
  }
}

const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

const statOf = (path: string): Promise<Stats | undefined> => stat(path).catch(() => undefined);

async function isLocked(folder: string): Promise<boolean> {
  const lock = await statOf(join(folder, "run.lock"));
  return lock?.isFile() === true && lock.size <= MOST_LOCK_BYTES && lockHolder(folder, "run.lock") !== undefined;
}
