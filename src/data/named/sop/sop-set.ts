import type { NamedSet } from "../named-set.ts";
import { checkSop } from "./check-sop.ts";
import { openSop } from "./sop.ts";
import { sopEbayFiles } from "./sop-ebay.ts";
import { SOP_IMAGES, sopListsFolder, sopOrigin } from "./sop-files.ts";
import type { SopSplit } from "./sop-lists.ts";

const names = ["sop-split1", "sop-split2"] as const;
type SopName = (typeof names)[number];

const splitOf = (name: SopName): SopSplit => (name === "sop-split1" ? 1 : 2);

/** Stanford Online Products (Song et al. 2016), in the paper's two splits. */
export const sop: NamedSet<SopName> = {
  names,
  signs: [
    [`${sopListsFolder(1)}/`],
    [`${sopListsFolder(2)}/`],
    ...sopEbayFiles.map((name) => [name]),
    ["coarse_labels/", `${SOP_IMAGES}/`],
    ["bicycle_final/", "toaster_final/"],
  ],
  folders: [[SOP_IMAGES]],
  parts: [],
  hints: [SOP_IMAGES],
  origin: (name) => sopOrigin(splitOf(name)),
  open(folder, options) {
    const asked = names.find((name) => name === options.preset);
    return openSop(folder.path, asked && splitOf(asked), options);
  },
  check: ({ path }, name) => checkSop(path, splitOf(name)),
};
