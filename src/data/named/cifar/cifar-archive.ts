import { fail } from "../../../core/index.ts";
import type { Scan } from "../../collections/scan.ts";
import type { Published } from "../published.ts";

/** One of the archives that a CIFAR is distributed as. */
export interface CifarArchive {
  /** The archive's file. */
  readonly file: string;
  readonly md5: string;
  /** The folder that unpacking makes. */
  readonly folder: string;
  /** What is in it. */
  readonly files: Published;
  /** With these it is this archive's folder, whatever lies beside them; others of its names may be there by chance. */
  readonly signs: readonly string[];
  /** The set that `maskcon data get` fetches by this archive. */
  readonly fetched?: string;
}

export const cifarUrl = ({ file }: CifarArchive): string => `https://www.cs.toronto.edu/~kriz/${file}`;

/** What to do where files of an archive are missing or damaged. */
export function cifarFix(archive: CifarArchive): string {
  const unpack = `unpack ${cifarUrl(archive)} (MD5 ${archive.md5})`;
  return archive.fetched === undefined ? unpack : `${unpack}, or run maskcon data get ${archive.fetched}`;
}

/** What a folder has of an archive. */
export interface CifarFound {
  readonly archive: CifarArchive;
  readonly folder: string;
  /** Those of its files that are there. */
  readonly there: readonly string[];
}

/** The archive whose signs the folder has, or the one of which it has most; where it has nothing, the first. */
export async function archiveIn(archives: readonly CifarArchive[], scan: Scan): Promise<CifarFound> {
  const found: CifarFound[] = [];
  for (const archive of archives) found.push({ archive, folder: scan.path, there: await filesIn(archive, scan) });
  const certain = found.find(({ archive, there }) => archive.signs.every((sign) => there.includes(sign)));
  return certain ?? found.sort((a, b) => b.there.length - a.there.length)[0]!;
}

async function filesIn({ files }: CifarArchive, scan: Scan): Promise<string[]> {
  const there: string[] = [];
  for (const name of Object.keys(files)) if (await scan.holds(name)) there.push(name);
  return there;
}

const isTraining = (name: string): boolean => name.startsWith("data_batch_");

/** @throws MaskconError "data" where files are missing, with their archive and its checksum */
export function refuseMissing(set: string, { archive, folder, there }: CifarFound, partial = false): void {
  const missing = Object.keys(archive.files).filter((name) => !there.includes(name));
  const some = there.some(isTraining);
  const lacking = partial && some ? missing.filter((name) => !isTraining(name)) : missing;
  if (lacking.length === 0) return;
  const source = cifarFix(archive);
  fail("data", {
    where: folder,
    expected: `the files of ${set} (${archive.file})`,
    found: `all but ${lacking.join(", ")}`,
    fix: some && lacking.every(isTraining) ? `accept some of them with --partial (partial); ${source}` : source,
  });
}
