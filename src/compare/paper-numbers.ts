import type { Kind } from "./matters.ts";

/** Recall@1, 2, 5 and 10 on the fine labels in %; where fewer are known, the first of them. */
export interface Reported {
  readonly recall: readonly number[];
  readonly source: "the paper" | "secondary source";
}

/** What is known of a table of the paper. A method that is absent has no number that was read in a source. */
export interface PaperTable {
  readonly title: string;
  readonly reported: Partial<Readonly<Record<Kind, Reported>>>;
  readonly notes: readonly string[];
}

const secondary = (...recall: number[]): Reported => ({ recall, source: "secondary source" });
const imagenet = "The reported numbers start from ImageNet weights.";
const unknown = "No number of this table was at hand.";

/** Feng & Patras, CVPR 2023: the numbers that were read in the abstract, or in one secondary source. */
export const paperTables = {
  "paper-cifartoy-good": {
    title: "CIFARtoy, good split",
    reported: { maskcon: secondary(90.28, 94.04, 97.33, 98.53) },
    notes: [imagenet],
  },
  "paper-cifartoy-bad": {
    title: "CIFARtoy, bad split",
    reported: { maskcon: secondary(91.56, 95.23, 97.7, 98.7) },
    notes: [imagenet],
  },
  "paper-cifar100": {
    title: "CIFAR-100, 20 coarse classes",
    reported: { maskcon: secondary(65.52, 74.46, 83.64, 89.25) },
    notes: [imagenet],
  },
  "paper-imagenet32": {
    title: "ImageNet32, 12 coarse classes",
    reported: {},
    notes: [unknown, "ImageNet weights have seen this set's fine labels: report runs with and without them apart."],
  },
  "paper-sop-split1": { title: "Stanford Online Products, split 1", reported: {}, notes: [unknown] },
  "paper-sop-split2": { title: "Stanford Online Products, split 2", reported: {}, notes: [unknown] },
  "paper-cars196": {
    title: "Cars196, 8 body types",
    reported: {
      maskcon: { recall: [45.53, 58.56, 74.36, 84.36], source: "the paper" },
      frozen: secondary(21.5),
    },
    notes: [imagenet, "Others reproduced MaskCon at 46.28 / 59.19 / 74.28 / 83.87."],
  },
} satisfies Readonly<Record<string, PaperTable>>;

export type PaperName = keyof typeof paperTables;
