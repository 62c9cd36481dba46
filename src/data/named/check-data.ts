import { scanFolder } from "../collections/scan.ts";
import type { DatasetCheck } from "./dataset-check.ts";
import { placeOf } from "./find-set.ts";
import { type DatasetName, setOf } from "./sets.ts";

/**
 * Verifies the folder of a named dataset: every file by its published checksum, the counts of images and classes, the map
 * from fine to coarse labels. What is wrong is in the result; see `isSound`.
 * @throws MaskconError "data" where the folder itself cannot be read
 */
export async function checkData(name: DatasetName, folder: string, signal?: AbortSignal): Promise<DatasetCheck> {
  const scan = await scanFolder(folder, signal, `the folder of ${name}`);
  const set = setOf(name);
  return set.check((await placeOf(set, scan)) ?? scan, name, signal);
}

/** Whether everything that was looked at is as it should be. */
export const isSound = ({ files, facts }: DatasetCheck): boolean =>
  files.every(({ problem }) => problem === undefined) && facts.every(({ expected, found }) => expected === found);
