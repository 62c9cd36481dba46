import { OFFICIAL_CODE, officialList } from "../official-code.ts";
import type { Origin } from "../origin.ts";
import type { SopSplit } from "./sop-lists.ts";

/** The folder that the archive of the images unpacks to. */
export const SOP_IMAGES = "Stanford_Online_Products";
const ARCHIVE_MD5 = "7f73d41a2f44250d4779881525aea32e";

/** Where the images come from. */
export const SOP_IMAGES_FIX = `unpack ${SOP_IMAGES}.zip (cvgl.stanford.edu/projects/lifted_struct, MD5 ${ARCHIVE_MD5}) there`;

/** The six lists of a split as the official MaskCon code has them: MD5 and bytes. */
const lists: Readonly<Record<SopSplit, Readonly<Record<string, readonly [md5: string, bytes: number]>>>> = {
  1: {
    "train_path.json": ["0a6459bc151991fef8e011fab1910aea", 891_142],
    "train_fine_label.json": ["9ccde808872dc9fdcfa34f55d5653e75", 140_720],
    "train_coarse_label.json": ["c8686c4309b035f2daeeeea66ac08669", 79_416],
    "test_path.json": ["cd7866c1f33964f0259a66a65b0be6cb", 881_894],
    "test_fine_label.json": ["ccf1de63b358d3b5a0027d48ab1b43b7", 140_186],
    "test_coarse_label.json": ["cdf4fec2297dcfbd892910adca692e35", 79_364],
  },
  2: {
    "train_path.json": ["3520a18a9643cfde32b2c09c929186fd", 527_553],
    "train_fine_label.json": ["705b2f0a3948f6c78e4f9332607f4d77", 78_780],
    "train_coarse_label.json": ["7ce19c4349a307064f557a29d83f1bfb", 46_600],
    "test_path.json": ["1fac611ceb94e89f4958fed81d756b0c", 105_527],
    "test_fine_label.json": ["70a7f1508cdd10bd453b4a3f80e23610", 15_756],
    "test_coarse_label.json": ["b6c52ecb0fdae6fc4c20cc7a30cf8dd0", 9320],
  },
};

export const sopListsFolder = (split: SopSplit): string => `sop_split${split}`;

/** What to do where a list, or all of them, are missing or damaged. */
export function sopListsFix(split: SopSplit, name?: string): string {
  const list = `${sopListsFolder(split)}${name === undefined ? "" : `/${name}`}`;
  const sum = name === undefined ? "" : ` (MD5 ${lists[split][name]![0]})`;
  return `copy coarse_labels/${list} of ${OFFICIAL_CODE}${sum} into the folder, or run maskcon data get sop-split${split}`;
}

export const sopOrigin = (split: SopSplit): Origin => ({
  files: Object.entries(lists[split]).map(([name, [md5, bytes]]) =>
    officialList(`${sopListsFolder(split)}/${name}`, md5, bytes),
  ),
  place: [
    `${SOP_IMAGES}/  unpacked from ${SOP_IMAGES}.zip (MD5 ${ARCHIVE_MD5}),`,
    `                           ftp://cs.stanford.edu/cs/cvgl/${SOP_IMAGES}.zip`,
  ],
});
