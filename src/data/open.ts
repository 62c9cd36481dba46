import { readdir } from "node:fs/promises";
import { fail, messageOf } from "../core/index.ts";
import type { LoadedData } from "./dataset.ts";
import { openCifar100 } from "./sources/cifar100.ts";

/** DATA of the command line. */
export async function openData(path: string): Promise<LoadedData> {
  const names = await readdir(path).catch((error) =>
    fail("data", { where: path, expected: "a folder", found: messageOf(error) }, error),
  );
  if (["meta", "train", "test"].every((name) => names.includes(name))) return openCifar100(path);
  return fail("data", { where: path, expected: "a known dataset", found: names.slice(0, 5).join(", ") });
}
