import { type Collection, openCollection } from "../collection/index.ts";
import { counted, fail, firstFew, groupBy, printable } from "../core/index.ts";
import { type ExportedFolders, exportFolders, type FolderOptions } from "../curate/index.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { checkLists, type ListFlags, writeLists } from "./group-lists.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

/** Of the fine classes of a coarse one. */
const MOST_SIZES = 50;

export interface CollectionExportFlags extends ListFlags {
  readonly folders?: string;
  readonly copy?: boolean;
  readonly unsure: string;
  readonly splits: boolean;
  readonly maxBad: string;
  readonly json?: boolean;
}

export async function exportCollectionCommand(
  folder: string,
  flags: CollectionExportFlags,
  terminal: Terminal,
): Promise<void> {
  const { folders, csv, parquet, unsure, maxBad } = flags;
  if (folders === undefined && csv === undefined && parquet === undefined) {
    fail("usage", {
      where: "--folders, --csv, --parquet",
      expected: "one of them or more: what to write",
      found: "none",
    });
  }
  if (unsure !== "skip" && unsure !== "folder") {
    fail("usage", { where: "--unsure", expected: "skip or folder", found: JSON.stringify(unsure) });
  }
  if (!/^\d{1,9}$/.test(maxBad)) {
    fail("usage", { where: "--max-bad", expected: "a whole number from 0 on", found: JSON.stringify(maxBad) });
  }
  await checkLists(flags);
  const collection = await openCollection(folder);
  // First: where they are refused, no list is in the way of the next try.
  if (folders !== undefined) await writeFolders(collection, folders, flags, terminal);
  await writeLists(collection, flags, terminal);
}

async function writeFolders(
  collection: Collection,
  folders: string,
  { copy, unsure, splits, maxBad, json }: CollectionExportFlags,
  terminal: Terminal,
): Promise<void> {
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; ${folders} is not written\n`);
  await interruptibly(onFirst, async (signal) => {
    const shown = showEvalProgress(terminal);
    const progress = (now: { done: number; total: number }) => shown.show("export", { phase: "images", ...now });
    const result = await exportFolders(collection, folders, {
      ...{ copy, unsure: unsure as FolderOptions["unsure"], splits, maxBad: Number(maxBad), signal, progress },
    });
    shown.clear();
    for (const { name, reason } of result.bad) warn(terminal, printable(`${name}: left out, ${reason}`));
    terminal.out(json ? `${JSON.stringify(result)}\n` : textOf(result, copy));
  });
}

function textOf(result: ExportedFolders, copy?: boolean): string {
  const { folder, linked, copied, extracted, unsure, unlabelled, splits, classes } = result;
  const why = copy ? "" : " (the disk has no hard links to them)";
  const how = [
    linked > 0 && counted(linked, "hard link"),
    copied > 0 && `${counted(copied, "copy", "copies")}${why}`,
    extracted > 0 && `${extracted} taken out of archives`,
  ];
  const left = [unsure > 0 && `${unsure} not sure`, unlabelled > 0 && `${unlabelled} without a coarse class`];
  const rest = left.filter(Boolean);
  const layout = splits ? "SPLIT/COARSE/FINE" : "COARSE/FINE";
  const title = `${printable(folder)}: ${counted(linked + copied + extracted, "image")} in ${layout}: ${how.filter(Boolean).join(", ")}`;
  const lines = [...groupBy(classes, ({ coarse }) => coarse)].map(([coarse, own]) => {
    const sizes = own.map(({ fine, images }) => `${fine} ${images}`);
    return `  ${printable(`${coarse}: ${firstFew(sizes, { most: MOST_SIZES })}`)}\n`;
  });
  const deep = classes.filter(({ fine }) => fine.includes("/")).map(({ coarse, fine }) => `${coarse}/${fine}`);
  const note = deep.length > 0 ? `  folders in folders, for their slash: ${printable(firstFew(deep))}\n` : "";
  return `${title}${rest.length > 0 ? `; left out: ${rest.join(", ")}` : ""}\n${lines.join("")}${note}`;
}
