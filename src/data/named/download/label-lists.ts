import { imagenet32Maps, officialCode, sopLists } from "../published.ts";
import type { RemoteFile } from "./remote-file.ts";

/** Where a reader finds them. */
export const listsPage = `coarse_labels of https://${officialCode}`;
/** The commit that brought them: what it holds never changes. */
const lists =
  "https://raw.githubusercontent.com/MrChenFeng/MaskCon_CVPR2023/3be4675087e27a9716882bc9c778ea6897dd4682/coarse_labels";

const list = (path: string, bytes: number): RemoteFile => ({
  ...{ url: `${lists}/${path}`, name: path, md5: sopLists[path]![0]!, bytes },
});

const map = (name: string, bytes: number): RemoteFile => ({
  ...{ url: `${lists}/imagenet32/${name}`, name, md5: imagenet32Maps[name]![0]!, bytes },
});

/** Coarse labels, and the split of SOP, as the official MaskCon code has them (`coarse_labels`). */
export const labelLists = {
  imagenet32: [map("imagenet32_to_fine.json", 11_780), map("imagenet_fine_to_coarse.json", 10_063)],
  "sop-split1": [
    list("sop_split1/train_path.json", 891_142),
    list("sop_split1/train_fine_label.json", 140_720),
    list("sop_split1/train_coarse_label.json", 79_416),
    list("sop_split1/test_path.json", 881_894),
    list("sop_split1/test_fine_label.json", 140_186),
    list("sop_split1/test_coarse_label.json", 79_364),
  ],
  "sop-split2": [
    list("sop_split2/train_path.json", 527_553),
    list("sop_split2/train_fine_label.json", 78_780),
    list("sop_split2/train_coarse_label.json", 46_600),
    list("sop_split2/test_path.json", 105_527),
    list("sop_split2/test_fine_label.json", 15_756),
    list("sop_split2/test_coarse_label.json", 9_320),
  ],
} as const;
