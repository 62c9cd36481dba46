import { linkSync, readFileSync, realpathSync, renameSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { fail } from "./errors.ts";
import { isAlive, startOf } from "./processes.ts";

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** Distinguishes a process from a later one with the same number; empty where the system does not say. */
  readonly started: string;
  /** What the process is at, such as "maskcon studio". */
  readonly work?: string | undefined;
}

const MOST_WORK = 100;

/** Locks of this process: after a restart in a container its number may stand in a file of an earlier process. */
const held = new Set<string>();

/**
 * Takes a folder for this process, over from a dead one if need be. Returns the release.
 * @param name of the lock's file
 * @param what the folder is without a lock, in messages
 * @param work of this process, for the message that another one gets
 * @throws MaskconError "busy" where a living process has it
 */
export function lockFolder(
  folder: string,
  { name, what, work }: { name: string; what: string; work?: string | undefined },
): () => void {
  // One folder has many spellings, and one lock.
  const path = join(realpathSync(folder), name);
  for (let attempt = 0; attempt < 5; attempt++) {
    if (create(path, work)) {
      held.add(path);
      return () => release(path);
    }
    const owner = readOwner(path);
    if (owner && alive(owner, path)) busy(path, what, describe(owner));
    removeStale(path, owner);
  }
  return busy(path, what, "another process taking it at the same time");
}

/** The living process that has a folder's lock, in words; undefined where none has. */
export function lockHolder(folder: string, name: string): string | undefined {
  const path = join(realpathSync(folder), name);
  const owner = readOwner(path);
  return owner && alive(owner, path) ? describe(owner) : undefined;
}

const describe = ({ pid, host, work }: Owner): string =>
  work === undefined ? `process ${pid} on ${host}` : `${work} (process ${pid} on ${host})`;

function create(path: string, work: string | undefined): boolean {
  const owner: Owner = { pid: process.pid, host: hostname(), started: startOf(process.pid), work };
  // Written whole, then linked: nobody ever reads half a lock.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(owner));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    if (unlinkable(error)) return createExclusively(path, owner);
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For file systems without hard links. */
const unlinkable = (error: unknown) =>
  ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes((error as NodeJS.ErrnoException).code ?? "");

function createExclusively(path: string, owner: Owner): boolean {
  try {
    writeFileSync(path, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function readOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Partial<Owner>;
    if (Number.isInteger(owner.pid) && typeof owner.host === "string") {
      const work = typeof owner.work === "string" ? owner.work.slice(0, MOST_WORK) : undefined;
      return { pid: owner.pid!, host: owner.host, started: String(owner.started ?? ""), work };
    }
  } catch {
    // Gone, or not a lock: both may be replaced.
  }
  return undefined;
}

function alive(owner: Owner, path: string): boolean {
  if (owner.host !== hostname()) return true;
  return owner.pid === process.pid ? held.has(path) : isAlive(owner.pid, owner.started);
}

/** Moves a stale lock aside; should another process have replaced it meanwhile, its lock goes back. */
function removeStale(path: string, owner: Owner | undefined): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readOwner(aside);
  if (moved && JSON.stringify(moved) !== JSON.stringify(owner)) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process was faster; the loop looks again.
    }
  }
  rmSync(aside, { force: true });
}

function release(path: string): void {
  if (!held.delete(path)) return;
  if (readOwner(path)?.pid === process.pid) unlinkSync(path);
}

function busy(path: string, what: string, by: string): never {
  return fail("busy", {
    where: path,
    expected: `${what} at the moment`,
    found: by,
    fix: "wait for it, stop it, or choose another folder; delete this file only if that process is gone",
  });
}
