import { createHash } from "node:crypto";
import { fail } from "../../../core/index.ts";
import { isInside } from "../official-file.ts";

/** The paper's two ways of splitting Stanford Online Products: 1 has other products in its test, 2 other images of the same. */
export type SopSplit = 1 | 2;

export interface SopImage {
  /** Below the folder of the images: `bicycle_final/111085122871_0.JPG`. */
  readonly path: string;
  /** Category, from 0. */
  readonly coarse: number;
  /** Product, numbered within its list from 0. */
  readonly fine: number;
}

export interface SopLists {
  readonly train: readonly SopImage[];
  readonly test: readonly SopImage[];
}

/** The two classes of an image by its name: `bicycle` and `bicycle/111085122871`. Undefined for another kind of name. */
export function sopClasses(path: string): { category: string; product: string } | undefined {
  const [, category, product] = /^([^/]+)_final\/([^/]+)_\d+\.[A-Za-z]+$/.exec(path) ?? [];
  if (category === undefined || !isInside(path)) return undefined;
  return { category, product: `${category}/${product}` };
}

/** The three lists of a split. */
export type SopColumn = "path" | "coarse_label" | "fine_label";

/** Where what an image has in one of the three lists stands: the file, and the entry or line in it. */
export type SopPlace = (split: "train" | "test", index: number, column: SopColumn) => string;

/**
 * Refuses lists whose numbers and names disagree, as when one of the three lists is of another split: in each list a number
 * stands for one product and a product for one number; so for the categories in both lists together. An image that comes twice
 * may have two labels, or be trained on and tested with.
 */
export function checkSopLists(lists: SopLists, placeOf: SopPlace): void {
  const addCategory = pairing("category");
  const places = new Map<string, string>();
  for (const split of ["train", "test"] as const) {
    const addProduct = pairing(`product of ${split}`);
    for (const [i, { path, coarse, fine }] of lists[split].entries()) {
      const names = sopClasses(path);
      if (!names) {
        const found = JSON.stringify(path.slice(0, 80));
        const expected = "paths like bicycle_final/111085122871_0.JPG";
        fail("data", { where: placeOf(split, i, "path"), expected, found });
      }
      const [place, earlier] = [placeOf(split, i, "path"), places.get(path)];
      if (earlier !== undefined) {
        const found = `${JSON.stringify(path.slice(0, 80))} again, after ${earlier}`;
        fail("data", { where: place, expected: "each image once", found });
      }
      places.set(path, place);
      addCategory(coarse, names.category, () => placeOf(split, i, "coarse_label"));
      addProduct(fine, names.product, () => placeOf(split, i, "fine_label"));
    }
  }
}

/** Takes numbers with their names, which must go together one to one. */
function pairing(what: string): (number: number, name: string, placeOf: () => string) => void {
  const names = new Map<number, string>();
  const numbers = new Map<string, number>();
  return (number, name, placeOf) => {
    const [other, taken] = [names.get(number) ?? name, numbers.get(name) ?? number];
    if (other !== name || taken !== number) {
      const found = other !== name ? `${number} for "${other}" and "${name}"` : `${taken} and ${number} for "${name}"`;
      fail("data", { where: placeOf(), expected: `one label for each ${what}`, found });
    }
    names.set(number, name);
    numbers.set(name, number);
  };
}

/** SHA-256 over every path and label in order: the same whether they were read from JSON or derived. */
export function sopDigest({ train, test }: SopLists): string {
  const hash = createHash("sha256");
  for (const [split, images] of Object.entries({ train, test })) {
    for (const { path, coarse, fine } of images) hash.update(`${split} ${path} ${coarse} ${fine}\n`);
  }
  return hash.digest("hex");
}
