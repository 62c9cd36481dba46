import { basename } from "node:path";
import { counted, fail, firstFew, MaskconError, printable } from "../core/index.ts";
import {
  cachesFolder,
  deleteCache,
  type KeptCache,
  type KeptCaches,
  keptCaches,
  megabytes,
} from "../features/index.ts";
import { toNumber } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

export interface CacheFlags {
  readonly cacheDir?: string;
  readonly json?: boolean;
}

export interface DeleteFlags extends CacheFlags {
  readonly all?: boolean;
  readonly unusedFor?: string;
}

export async function listCommand({ cacheDir, json }: CacheFlags, terminal: Terminal): Promise<void> {
  const kept = await keptCaches(cachesFolder(cacheDir));
  terminal.out(json ? `${JSON.stringify(kept)}\n` : listText(kept));
}

/** Whatever a process makes at present stays; where it was named, the exit code is 1. */
export async function deleteCommand(
  keys: readonly string[],
  { cacheDir, json, ...flags }: DeleteFlags,
  terminal: Terminal,
): Promise<void> {
  const choose = chooser(keys, flags);
  const before = await keptCaches(cachesFolder(cacheDir));
  const deleted: KeptCache[] = [];
  const busy: KeptCache[] = [];
  if (!json) terminal.out(`before: ${sumText(before)} in ${printable(before.folder)}\n`);
  for (const cache of choose(before)) {
    const isDeleted = await deleteUnlessBusy(cache, terminal);
    (isDeleted ? deleted : busy).push(cache);
    if (isDeleted && !json) terminal.out(`deleted ${cache.key}: ${aboutText(cache)}\n`);
  }
  const after = await keptCaches(before.folder);
  if (json) terminal.out(`${JSON.stringify({ before, deleted, busy, after })}\n`);
  else terminal.out(`after: ${sumText(after)}\n`);
  if (keys.length > 0 && busy.length > 0) process.exitCode = 1;
}

async function deleteUnlessBusy(cache: KeptCache, terminal: Terminal): Promise<boolean> {
  try {
    await deleteCache(cache);
    return true;
  } catch (error) {
    if (!(error instanceof MaskconError) || error.code !== "busy") throw error;
    warn(terminal, `kept ${cache.key}: ${error.failure.found} makes it at present`);
    return false;
  }
}

const DAY_MS = 24 * 60 * 60 * 1000;

type Choice = (kept: KeptCaches) => readonly KeptCache[];

/** Which caches a command line names: by keys, by age, or all. */
function chooser(keys: readonly string[], { all, unusedFor }: Pick<DeleteFlags, "all" | "unusedFor">): Choice {
  const ways = [keys.length > 0, all, unusedFor !== undefined].filter(Boolean).length;
  if (ways !== 1) {
    const found = ways === 0 ? "none of them" : "more than one of them";
    fail("usage", { expected: "keys, --unused-for DAYS or --all", found, fix: LIST });
  }
  if (all) return ({ caches }) => caches;
  if (unusedFor === undefined) return (kept) => [...new Set(keys)].map((key) => namedCache(key, kept));
  const days = toNumber("--unused-for", unusedFor);
  if (days < 0) fail("usage", { where: "--unused-for", expected: "a number of at least 0", found: unusedFor });
  return ({ caches }) => caches.filter(({ lastUsed }) => Date.now() - Date.parse(lastUsed) >= days * DAY_MS);
}

const LIST = "`maskcon cache list` shows the keys";

function namedCache(key: string, { folder, caches, others }: KeptCaches): KeptCache {
  const found = caches.find((cache) => cache.key === key);
  if (found) return found;
  const other = others.includes(key) ? `${key}, which is no cache of this package and stays` : key;
  return fail("usage", { where: "KEY", expected: `a cache in ${folder}`, found: other, fix: LIST });
}

function listText(kept: KeptCaches): string {
  const { folder, caches, others } = kept;
  const head = [printable(folder), sumText(kept)].join(": ");
  const lines = caches.map((cache) => `${cache.key}  ${cache.lastUsed.slice(0, 10)}  ${aboutText(cache)}`);
  const columns = caches.length > 0 ? [`${"key".padEnd(32)}  last used   features`] : [];
  const rest = others.length > 0 ? [`no caches of this package, and left alone: ${printable(firstFew(others))}`] : [];
  return `${[head, ...columns, ...lines, ...rest].join("\n")}\n`;
}

const sumText = ({ caches, bytes }: KeptCaches): string => `${counted(caches.length, "cache")}, ${megabytes(bytes)}`;

function aboutText({ features, data, images, model, imageSize, bytes, isComplete, maker }: KeptCache): string {
  const state = maker !== undefined ? `, ${maker} makes it` : isComplete ? "" : ", not complete";
  const of = `${features} (${data}, ${counted(images, "image")}), ${basename(model)} at ${imageSize} px`;
  return printable(`${of}, ${megabytes(bytes)}${state}`);
}
