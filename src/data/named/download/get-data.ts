import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { asDiskFailure, makeFolder } from "../../../core/atomic-file.ts";
import { MaskconError } from "../../../core/index.ts";
import { checkData } from "../check-data.ts";
import type { RemoteFile } from "../origin.ts";
import type { DatasetName } from "../sets.ts";
import { type Addresses, addresses } from "./addresses.ts";
import { type FetchOptions, fetchFile } from "./fetch-file.ts";
import { unpackTarGz } from "./unpack.ts";

export interface GetOptions extends FetchOptions {
  readonly addresses?: Addresses | undefined;
  readonly onUnpack?: ((file: RemoteFile) => void) | undefined;
}

export type GetResult =
  | { readonly kind: "there" | "fetched" }
  /** Not all of it can be fetched: what to place in the folder, a line each, and why what has an address did not come. */
  | { readonly kind: "manual"; readonly place: readonly string[]; readonly problem?: string };

/**
 * Fetches a named dataset into `folder`, resuming what a former call left. Files that are there and right are not fetched again.
 * @throws MaskconError "data" where `fetchFile` or `unpackTarGz` refuses a file, "disk" where it finds no room
 */
export async function getData(name: DatasetName, folder: string, options: GetOptions = {}): Promise<GetResult> {
  const { files, place } = (options.addresses ?? addresses)[name];
  if (files.length === 0 && !existsSync(folder)) return { kind: "manual", place: place ?? [] };
  await makeFolder(folder).catch((error) => {
    throw asDiskFailure(error, folder, "a folder to fetch into");
  });
  if (await isComplete(name, folder, options.signal)) return { kind: "there" };
  const lacking = files.some(({ name }) => !existsSync(join(folder, name)));
  try {
    for (const file of files) await fetchOne(file, folder, options);
  } catch (error) {
    if (!place || !(error instanceof MaskconError) || error.code !== "data") throw error;
    return { kind: "manual", place: [...place, ...files.map(lineOf)], problem: error.message };
  }
  // Gigabytes are not read again where nothing came.
  if (place && !(lacking && (await isComplete(name, folder, options.signal)))) return { kind: "manual", place };
  return { kind: "fetched" };
}

async function isComplete(name: DatasetName, folder: string, signal: AbortSignal | undefined): Promise<boolean> {
  const { files, facts } = await checkData(name, folder, signal);
  return facts.length > 0 && files.every(({ problem }) => problem === undefined);
}

const lineOf = ({ name, url, md5 }: RemoteFile) => `${name}  MD5 ${md5}, from ${url}`;

async function fetchOne(file: RemoteFile, folder: string, options: GetOptions): Promise<void> {
  await fetchFile(file, folder, options);
  if (file.unpack === undefined) return;
  const archive = join(folder, file.name);
  options.onUnpack?.(file);
  await unpackTarGz(archive, folder, file.unpack, options.signal);
  await rm(archive);
}
