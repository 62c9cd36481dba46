import type { RemoteFile } from "./remote-file.ts";

/** Where a reader finds them. */
export const listsPage = "coarse_labels of https://github.com/MrChenFeng/MaskCon_CVPR2023";
/** The commit that brought them: what it holds never changes. */
const lists =
  "https://raw.githubusercontent.com/MrChenFeng/MaskCon_CVPR2023/3be4675087e27a9716882bc9c778ea6897dd4682/coarse_labels";

const list = (name: string, path: string, md5: string, bytes: number): RemoteFile => ({
  ...{ url: `${lists}/${path}`, name, md5, bytes },
});

const map = (name: string, md5: string, bytes: number) => list(name, `imagenet32/${name}`, md5, bytes);

const sop = (split: 1 | 2, name: string, md5: string, bytes: number) => {
  const path = `sop_split${split}/${name}.json`;
  return list(path, path, md5, bytes);
};

/** Coarse labels, and the split of SOP, as the official MaskCon code has them (`coarse_labels`). */
export const labelLists = {
  imagenet32: [
    map("imagenet32_to_fine.json", "9f5ff69dd4b8e1b458c897eac0c1f351", 11_780),
    map("imagenet_fine_to_coarse.json", "c527bc6c4a7bbc33d98fa5474daff739", 10_063),
  ],
  "sop-split1": [
    sop(1, "train_path", "0a6459bc151991fef8e011fab1910aea", 891_142),
    sop(1, "train_fine_label", "9ccde808872dc9fdcfa34f55d5653e75", 140_720),
    sop(1, "train_coarse_label", "c8686c4309b035f2daeeeea66ac08669", 79_416),
    sop(1, "test_path", "cd7866c1f33964f0259a66a65b0be6cb", 881_894),
    sop(1, "test_fine_label", "ccf1de63b358d3b5a0027d48ab1b43b7", 140_186),
    sop(1, "test_coarse_label", "cdf4fec2297dcfbd892910adca692e35", 79_364),
  ],
  "sop-split2": [
    sop(2, "train_path", "3520a18a9643cfde32b2c09c929186fd", 527_553),
    sop(2, "train_fine_label", "705b2f0a3948f6c78e4f9332607f4d77", 78_780),
    sop(2, "train_coarse_label", "7ce19c4349a307064f557a29d83f1bfb", 46_600),
    sop(2, "test_path", "1fac611ceb94e89f4958fed81d756b0c", 105_527),
    sop(2, "test_fine_label", "70a7f1508cdd10bd453b4a3f80e23610", 15_756),
    sop(2, "test_coarse_label", "b6c52ecb0fdae6fc4c20cc7a30cf8dd0", 9_320),
  ],
} as const;
