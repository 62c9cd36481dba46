import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type CifarArchive,
  cifar10Binary,
  cifar10Python,
  cifar100Binary,
  cifar100Python,
  type Published,
} from "../published.ts";

export type CifarSet = "cifar10" | "cifar100";

/** What one of CIFAR's archives unpacks to. */
export interface CifarVersion {
  readonly set: CifarSet;
  readonly archive: CifarArchive;
  /** The folder that unpacking makes. */
  readonly folder: string;
  readonly files: Published;
  /** With these it is this version, whatever lies beside them; others of its names may be there by chance. */
  readonly signs: readonly string[];
}

/** In each set the Python version goes first. */
const versions: readonly CifarVersion[] = [
  {
    set: "cifar100",
    archive: "cifar-100-python.tar.gz",
    folder: "cifar-100-python",
    files: cifar100Python,
    signs: ["meta", "train", "test"],
  },
  {
    set: "cifar100",
    archive: "cifar-100-binary.tar.gz",
    folder: "cifar-100-binary",
    files: cifar100Binary,
    signs: ["coarse_label_names.txt", "fine_label_names.txt"],
  },
  {
    set: "cifar10",
    archive: "cifar-10-python.tar.gz",
    folder: "cifar-10-batches-py",
    files: cifar10Python,
    signs: ["batches.meta"],
  },
  {
    set: "cifar10",
    archive: "cifar-10-binary.tar.gz",
    folder: "cifar-10-batches-bin",
    files: cifar10Binary,
    signs: ["batches.meta.txt"],
  },
];

/** A version of CIFAR or a part of one, and where it lies. */
export interface CifarFound {
  readonly version: CifarVersion;
  readonly folder: string;
  /** Those of its files that are there. */
  readonly there: readonly string[];
  /** By its signs or by the folder's name; else its files may have their names by chance. */
  readonly certain: boolean;
}

/**
 * What a folder holds of CIFAR: what is certain, the folder's own before what lies in the folders that unpacking makes; then
 * parts, the fullest first.
 */
export async function findCifar(folder: string, names: readonly string[]): Promise<CifarFound[]> {
  const own: CifarFound[] = [];
  const unpacked: CifarFound[] = [];
  for (const version of versions) {
    own.push(await look(version, folder, names));
    if (!names.includes(version.folder)) continue;
    const inside = join(folder, version.folder);
    // One that cannot be read is reported by whoever looks for images in it.
    const found = await look(version, inside, await readdir(inside).catch(() => []));
    unpacked.push({ ...found, certain: true });
  }
  const parts = own.filter(({ certain }) => !certain).sort((a, b) => b.there.length - a.there.length);
  const all = [...own.filter(({ certain }) => certain), ...unpacked, ...parts];
  return all.filter(({ there }) => there.length > 0);
}

/** What a folder holds of one of the sets; where that is nothing, its Python version without a file. */
export async function cifarOf(set: CifarSet, folder: string, names: readonly string[]): Promise<CifarFound> {
  const found = (await findCifar(folder, names)).find(({ version }) => version.set === set);
  return found ?? { version: versions.find((version) => version.set === set)!, folder, there: [], certain: false };
}

async function look(version: CifarVersion, folder: string, names: readonly string[]): Promise<CifarFound> {
  const there: string[] = [];
  for (const name of Object.keys(version.files)) {
    if (names.includes(name) && (await isFile(join(folder, name)))) there.push(name);
  }
  return { version, folder, there, certain: version.signs.every((sign) => there.includes(sign)) };
}

/** CIFAR-100's names are plain words, which an image folder's splits have too. Pipes and devices are told when they are read. */
const isFile = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === false;
