import { fail } from "../../core/index.ts";
import type { DatasetName } from "./check-data.ts";
import { cifarSetOf, refuseMissing } from "./cifar/cifar.ts";
import type { CifarFound } from "./cifar/cifar-version.ts";
import { addresses, type Origin } from "./download/addresses.ts";
import { listsPage } from "./download/label-lists.ts";

/** Files and folders of named sets that are too little, or too common a name, to open the set by. */
const parts: ReadonlyMap<string, DatasetName> = new Map([
  ["data_batch_1", "cifar10"],
  ["data_batch_1.bin", "cifar10"],
  ["train.bin", "cifar100"],
  // `data get` unpacks what lies there.
  ["cifar-10-python.tar.gz", "cifar10"],
  ["cifar-100-python.tar.gz", "cifar100"],
  ["val_data", "imagenet32"],
  ["val_data.npz", "imagenet32"],
  ["cars_train", "cars196"],
  ["cars_test", "cars196"],
  // Empty, or it would be CIFAR itself.
  ["cifar-10-batches-py", "cifar10"],
  ["cifar-10-batches-bin", "cifar10"],
  ["cifar-100-python", "cifar100"],
  ["cifar-100-binary", "cifar100"],
]);

/**
 * For a folder that is no known set and has no classes of images: fails where a named set is meant, by the preset or by what
 * there is of it, with what belongs there and where that is to be had.
 * @param part some files of CIFAR, of which the missing ones are named
 * @throws MaskconError `data`
 */
export function refuseIncomplete(
  folder: string,
  names: readonly string[],
  preset: string | undefined,
  part: CifarFound | undefined,
): void {
  if (part && (!isNamed(preset) || cifarSetOf(preset) === part.version.set)) refuseMissing(part);
  const visible = names.filter((name) => !name.startsWith("."));
  const name = isNamed(preset) ? preset : visible.map((part) => parts.get(part)).find((set) => set !== undefined);
  if (name === undefined) return;
  const shown = visible.slice(0, 5).join(", ") + (visible.length > 5 ? ` and ${visible.length - 5} more` : "");
  fail("data", {
    where: folder,
    expected: `the files of ${name}`,
    found: visible.length > 0 ? `only ${shown}` : "an empty folder",
    fix: fixOf(name, folder, addresses[name]),
  });
}

const isNamed = (preset: string | undefined): preset is DatasetName =>
  preset !== undefined && Object.hasOwn(addresses, preset);

function fixOf(name: DatasetName, folder: string, origin: Origin): string {
  const command = `maskcon data get ${name} --out ${folder}`;
  if (origin.place) {
    const lists =
      origin.files.length > 0 ? `; and the label lists: run ${command}, or copy them from ${listsPage}` : "";
    return `place there: ${origin.place.join(" ").replace(/ +/g, " ")}${lists}`;
  }
  const files = origin.files.map(({ url, md5 }) => `${url} (MD5 ${md5})`);
  return `run ${command}, or place there what is in ${files.join(", ")}`;
}
