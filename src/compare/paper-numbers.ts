import type { PaperSet } from "../config/index.ts";
import type { Kind } from "./matters.ts";

/** Recall@1, 2, 5 and 10 on the fine labels in %; where fewer are known, the first of them. */
export interface Reported {
  readonly recall: readonly number[];
  readonly source: "the paper" | "secondary source" | "a reproduction";
}

/** The images of a table: a comparison on others has nothing to do with its numbers. */
export interface PaperImages {
  /** As a loaded dataset is called. */
  readonly name: string;
  readonly trainImages: number;
  readonly testImages: number;
  /** The file that gives other coarse labels than the set's own. */
  readonly coarseMap?: string | undefined;
}

/** What is known of a table of the paper. A method that is absent has no number that was read in a source. */
export interface PaperTable {
  readonly title: string;
  readonly images: PaperImages;
  readonly reported: Partial<Readonly<Record<Kind, Reported>>>;
  readonly notes: readonly string[];
}

const images = <S extends PaperSet>(name: S, trainImages: number, testImages: number) => ({
  name,
  trainImages,
  testImages,
});
const secondary = (...recall: number[]): Reported => ({ recall, source: "secondary source" });
const FROM_IMAGENET = "The reported numbers start from ImageNet weights.";
const NO_NUMBER = "No number of this table was at hand.";

/**
 * Feng & Patras, CVPR 2023: the numbers that were read in the abstract, in one secondary source, or in a reproduction by
 * others. MaskCon has one in four of the seven tables; no baseline was at hand but the frozen encoder on Cars196.
 */
export const paperTables = {
  "paper-cifartoy-good": {
    title: "CIFARtoy, good split",
    images: images("cifartoy-good", 40_000, 8_000),
    reported: { maskcon: secondary(90.28, 94.04, 97.33, 98.53) },
    notes: [FROM_IMAGENET],
  },
  "paper-cifartoy-bad": {
    title: "CIFARtoy, bad split",
    images: images("cifartoy-bad", 40_000, 8_000),
    reported: { maskcon: secondary(91.56, 95.23, 97.7, 98.7) },
    notes: [FROM_IMAGENET],
  },
  "paper-cifar100": {
    title: "CIFAR-100, 20 coarse classes",
    images: images("cifar100", 50_000, 10_000),
    reported: { maskcon: secondary(65.52, 74.46, 83.64, 89.25) },
    notes: [FROM_IMAGENET],
  },
  "paper-imagenet32": {
    title: "ImageNet32, 12 coarse classes",
    images: images("imagenet32", 1_281_167, 50_000),
    reported: {},
    notes: [NO_NUMBER, "ImageNet weights have seen this set's fine labels: report runs with and without them apart."],
  },
  "paper-sop-split1": {
    title: "Stanford Online Products, split 1",
    images: images("sop-split1", 25_368, 25_278),
    reported: {},
    notes: [NO_NUMBER],
  },
  "paper-sop-split2": {
    title: "Stanford Online Products, split 2",
    images: images("sop-split2", 14_980, 2_996),
    reported: {},
    notes: [NO_NUMBER],
  },
  "paper-cars196": {
    title: "Cars196, 8 body types",
    images: images("cars196", 8_144, 8_041),
    reported: {
      maskcon: { recall: [45.53, 58.56, 74.36, 84.36], source: "the paper" },
      frozen: { recall: [21.5], source: "a reproduction" },
    },
    notes: [FROM_IMAGENET, "Others reproduced MaskCon at 46.28 / 59.19 / 74.28 / 83.87."],
  },
} satisfies { readonly [S in PaperSet as `paper-${S}`]: PaperTable & { readonly images: { readonly name: S } } };

export type PaperName = keyof typeof paperTables;

/** Why a table's numbers say nothing beside figures on these images; undefined where the images are the table's. */
export function otherImages({ images }: PaperTable, found: PaperImages): string | undefined {
  if (found.coarseMap !== undefined)
    return `the coarse labels are not the paper's: they are those of ${found.coarseMap}`;
  const same = (["name", "trainImages", "testImages"] as const).every((key) => images[key] === found[key]);
  return same ? undefined : `the images are not the paper's: ${countsOf(found)}, where it has ${countsOf(images)}`;
}

const countsOf = ({ name, trainImages, testImages }: PaperImages) =>
  `${name} with ${trainImages} training and ${testImages} test images`;
