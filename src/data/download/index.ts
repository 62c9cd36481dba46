import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asDiskFailure, makeFolder } from "../../core/atomic-file.ts";
import { checkData, type DatasetName } from "../check/index.ts";
import { type Addresses, addresses, type RemoteFile, withAddresses } from "./addresses.ts";
import { type FetchOptions, fetchFile } from "./fetch-file.ts";
import { unpackTarGz } from "./unpack.ts";

export { addresses, type FetchOptions, fetchFile, type RemoteFile, withAddresses };

export interface GetOptions extends FetchOptions {
  readonly addresses?: Addresses | undefined;
  readonly onUnpack?: ((file: RemoteFile) => void) | undefined;
}

export type Got =
  | { readonly kind: "there" | "fetched" }
  /** It cannot be fetched: what to place in the folder, a line each. */
  | { readonly kind: "manual"; readonly place: readonly string[] };

/**
 * Fetches a named dataset into `folder`, resuming what a former call left. Files that are there and right are not fetched again.
 * @throws MaskconError `data` or `disk` in one line; see `fetchFile` and `unpackTarGz`
 */
export async function getData(name: DatasetName, folder: string, options: GetOptions = {}): Promise<Got> {
  const origin = (options.addresses ?? addresses)[name];
  if ("place" in origin && !existsSync(folder)) return { kind: "manual", place: origin.place };
  await makeFolder(folder).catch((error) => {
    throw asDiskFailure(error, folder, "a folder to fetch into");
  });
  const { files, facts } = await checkData(name, folder, options.signal);
  if (facts.length > 0 && files.every(({ problem }) => problem === undefined)) return { kind: "there" };
  if ("place" in origin) return { kind: "manual", place: origin.place };
  for (const file of origin.files) {
    await fetchFile(file, folder, options);
    if (file.unpack === undefined) continue;
    const archive = join(folder, file.name);
    options.onUnpack?.(file);
    await unpackTarGz(archive, folder, file.unpack, options.signal);
    await rm(archive);
  }
  return { kind: "fetched" };
}
