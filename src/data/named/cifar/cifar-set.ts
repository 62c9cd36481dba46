import type { OpenOptions } from "../../collections/opener.ts";
import type { LoadedData } from "../../dataset.ts";
import { checkFiles } from "../check-files.ts";
import type { DatasetCheck } from "../dataset-check.ts";
import { type Expected, withFacts } from "../facts.ts";
import type { NamedSet } from "../named-set.ts";
import { archiveIn, type CifarArchive, type CifarFound, cifarFix, cifarUrl, refuseMissing } from "./cifar-archive.ts";

/** What differs between the CIFARs. */
export interface CifarKind<Name extends string> {
  readonly names: readonly [Name, ...Name[]];
  /** The Python version first: it is the one that is fetched. */
  readonly archives: readonly [CifarArchive, CifarArchive];
  /** Of the archive that is fetched. */
  readonly bytes: number;
  /** Where else a folder of it is put. */
  readonly folders?: readonly string[];
  /** Files whose names it alone has. */
  readonly hints: readonly string[];
  read(found: CifarFound, name: Name, options: OpenOptions): Promise<LoadedData>;
  expected(name: Name): Expected;
  /** What else its labels must be. */
  labelFacts(data: LoadedData, name: Name): DatasetCheck["facts"];
}

export function cifarSet<const Name extends string>(kind: CifarKind<Name>): NamedSet<Name> {
  const { names, archives, bytes, folders = [], hints } = kind;
  const [set] = names;
  const [fetched] = archives;
  return {
    names,
    signs: archives.map(({ signs }) => signs),
    folders: [[...archives.map(({ folder }) => folder), ...folders]],
    parts: archives.flatMap(({ files }) => Object.keys(files)),
    // Folders of these names are empty, or they would be the set itself; what `data get` unpacks may lie there.
    hints: [...hints, fetched.file, ...archives.map(({ folder }) => folder)],
    origin: () => ({
      files: [{ url: cifarUrl(fetched), name: fetched.file, md5: fetched.md5, bytes, unpack: 400 * 2 ** 20 }],
    }),
    async open(folder, options) {
      const found = await archiveIn(archives, folder);
      refuseMissing(set, found, options.partial);
      return kind.read(found, names.find((name) => name === options.preset) ?? set, options);
    },
    async check(folder, name, signal) {
      const found = await archiveIn(archives, folder);
      const fix = () => cifarFix(found.archive);
      const files = await checkFiles(found.folder, found.there, found.archive.files, fix, signal);
      const open = () => kind.read(found, name, {});
      return withFacts(found.folder, files, open, kind.expected(name), (data) => kind.labelFacts(data, name));
    },
    async refusePart(folder) {
      const found = await archiveIn(archives, folder);
      if (found.there.length > 0) refuseMissing(set, found);
    },
  };
}
