import { join } from "node:path";
import { fail, firstFew, MaskconError } from "../../core/index.ts";
import type { LoadedData } from "../dataset.ts";
import { dataFromFiles } from "./from-files.ts";
import { isTrainAlone, readImageFolder, topFolders } from "./image-folder.ts";
import { noteOfCsv } from "./labels-csv.ts";
import type { OpenOptions, Recogniser } from "./opener.ts";
import type { Scan } from "./scan.ts";
import { splitCalled } from "./split-names.ts";
import { withUnreadable } from "./unreadable.ts";
import type { FoundFile } from "./walk.ts";

/** Two folders of images are classes or splits; so are the folders in a single `train`. */
export const classFolders: Recogniser = async (scan, options) => {
  const found = await scan.images();
  return topFolders(found).size > 1 || isTrainAlone(found) ? imageFolder(scan, options) : undefined;
};

/** Any folder as one of images: it may have one class alone, or none, which is refused. */
export const imageFolder: Recogniser = async (scan, options) => ({
  columns: false,
  open: () => openImageFolder(scan, options),
});

async function openImageFolder(scan: Scan, options: OpenOptions): Promise<LoadedData> {
  const found = await scan.images();
  const note = await noteOfCsv(scan, options);
  const listed = found.map(({ path, problem }) => ({ ...bare, file: join(scan.path, path), id: path, problem }));
  const files = await withUnreadable(listed, options, () => withNote(note, () => readImageFolder(scan.path, found)));
  const data = await dataFromFiles(scan.path, files, options, { oneClass: adviceOnOneClass(scan, found) });
  const empty = await emptyFolders(scan, found);
  if (empty.length === 0) return data;
  const warning = `no image in the ${empty.length === 1 ? "folder" : "folders"} ${firstFew(empty)}: no class is made of it`;
  return { ...data, warnings: [...(data.warnings ?? []), warning] };
}

/** Folders that stand where classes do, and below which no image lies. */
async function emptyFolders(scan: Scan, found: readonly FoundFile[]): Promise<string[]> {
  const full = new Set(found.flatMap(({ path }) => [folderOf(path, 1), folderOf(path, 2)]));
  const places = scan.folders.flatMap((top) => (splitCalled(top) ? [top] : []));
  const inSplits = await Promise.all(
    places.map(async (top) => (await scan.inside(top)).folders.map((name) => `${top}/${name}`)),
  );
  return [...scan.folders, ...inSplits.flat()].filter((folder) => !full.has(folder));
}

/** The first `depth` folders of a path. */
const folderOf = (path: string, depth: number): string => path.split("/").slice(0, -1).slice(0, depth).join("/");

/** A file without its labels. */
const bare = { coarse: "", fine: undefined, split: undefined };

/** Folders in the only folder may be the classes. */
function adviceOnOneClass({ path }: Scan, found: Parameters<typeof topFolders>[0]): string | undefined {
  const [only, other] = topFolders(found);
  const deeper = other === undefined && !isTrainAlone(found) && found.every((file) => file.path.split("/").length > 2);
  return deeper
    ? `add images of another class; if the folders in ${only} are the classes, give ${join(path, only!)}`
    : undefined;
}

/** Where the folder is refused, the CSV that was passed over may be what was meant. */
function withNote<T>(note: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (note === undefined || !(error instanceof MaskconError)) throw error;
    const { fix } = error.failure;
    return fail(error.code, { ...error.failure, fix: fix === undefined ? note : `${fix}; ${note}` }, error);
  }
}
