import { join } from "node:path";
import { fail } from "../../core/index.ts";
import { withFix } from "./official-file.ts";
import { readText } from "./read-file.ts";
import { checkSopLists, type SopImage, type SopLists } from "./sop-lists.ts";

/** The official lists have 3 MB each. */
const MAX_BYTES = 2 ** 24;
const HEADER = "image_id class_id super_class_id path";
/** The paper's splits hold products with at least so many images. */
const MIN_IMAGES = 8;

export const sopEbayFiles = ["Ebay_train.txt", "Ebay_test.txt"];

/**
 * The paper's split 1 from the dataset's own lists: of all products in the order of `Ebay_train.txt` and then `Ebay_test.txt`,
 * those with at least 8 images, the first half to train on. (Split 2 draws images at random, so it does not follow from them.)
 * @throws MaskconError `data` naming the line
 */
export const readSopEbay = (folder: string, fix: string): Promise<SopLists> => withFix(fix, () => readLists(folder));

async function readLists(folder: string): Promise<SopLists> {
  const products = new Map<number, SopImage[]>();
  for (const name of sopEbayFiles) {
    const file = join(folder, name);
    readRows(await readText(file, MAX_BYTES), file, products);
  }
  const kept = [...products.values()].filter((images) => images.length >= MIN_IMAGES);
  const half = Math.floor(kept.length / 2);
  if (half === 0) {
    const expected = `products of at least ${MIN_IMAGES} images in Ebay_train.txt and Ebay_test.txt`;
    fail("data", { where: folder, expected, found: String(kept.length) });
  }
  const lists = { train: numbered(kept.slice(0, half)), test: numbered(kept.slice(half)) };
  checkSopLists(folder, lists);
  return lists;
}

const numbered = (products: readonly SopImage[][]): SopImage[] =>
  products.flatMap((images, fine) => images.map((image) => ({ ...image, fine })));

/** Adds each line's image to its product. */
function readRows(text: string, file: string, products: Map<number, SopImage[]>): void {
  const lines = text.split(/\r?\n/);
  const header = lines[0]!.trim();
  if (header !== HEADER) {
    fail("data", { where: `${file}, line 1`, expected: `"${HEADER}"`, found: `"${header.slice(0, 80)}"` });
  }
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line === "") continue;
    const [, product, category, path] = /^\d+ +(\d{1,9}) +(\d{1,9}) +(\S+)$/.exec(line) ?? [];
    if (path === undefined || category === "0") {
      const found = `"${line.slice(0, 80)}"`;
      fail("data", {
        where: `${file}, line ${i + 1}`,
        expected: "an image, product and category number and a path",
        found,
      });
    }
    const image = { path, coarse: Number(category) - 1, fine: Number(product) };
    const images = products.get(image.fine);
    if (images) images.push(image);
    else products.set(image.fine, [image]);
  }
}
