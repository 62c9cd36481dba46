import { join } from "node:path";
import { fail, groupBy } from "../../../core/index.ts";
import { readText } from "../../../formats/index.ts";
import { withFix } from "../official-file.ts";
import { checkSopLists, type SopImage, type SopLists } from "./sop-lists.ts";

/** The official lists have 3 MB each. */
const MAX_BYTES = 2 ** 24;
const HEADER = "image_id class_id super_class_id path";
/** The paper's splits hold products with at least so many images. */
const MIN_IMAGES = 8;

export const sopEbayFiles = ["Ebay_train.txt", "Ebay_test.txt"];

/** An image with the numbers of its line, from 1, and where that stands. */
interface EbayRow extends SopImage {
  readonly file: string;
  readonly line: number;
}

/**
 * The paper's split 1 from the dataset's own lists: of all products in the order of `Ebay_train.txt` and then `Ebay_test.txt`,
 * those with at least 8 images, the first half to train on. (Split 2 draws images at random, so it does not follow from them.)
 * @throws MaskconError "data" where a line is none of such a list
 */
export const readSopEbay = (folder: string, fix: string): Promise<SopLists> => withFix(fix, () => readLists(folder));

async function readLists(folder: string): Promise<SopLists> {
  const rowsOfAll: EbayRow[] = [];
  for (const name of sopEbayFiles) {
    const file = join(folder, name);
    for (const row of readRows(await readText(file, MAX_BYTES), file)) rowsOfAll.push(row);
  }
  const products = groupBy(rowsOfAll, ({ fine }) => fine);
  const kept = [...products.values()].filter((rows) => rows.length >= MIN_IMAGES);
  const half = Math.floor(kept.length / 2);
  if (half === 0) {
    const expected = `products of at least ${MIN_IMAGES} images in Ebay_train.txt and Ebay_test.txt`;
    fail("data", { where: folder, expected, found: String(kept.length) });
  }
  const [train, test] = [kept.slice(0, half), kept.slice(half)];
  // Before they are numbered anew: messages give the numbers of the lists.
  const rows = { train: train.flat(), test: test.flat() };
  checkSopLists(rows, (split, i) => `${rows[split][i]!.file}, line ${rows[split][i]!.line}`);
  return { train: numbered(train), test: numbered(test) };
}

/** With the official code's numbers: of categories from 0, of products in their order. */
const numbered = (products: readonly EbayRow[][]): SopImage[] =>
  products.flatMap((rows, fine) => rows.map(({ path, coarse }) => ({ path, coarse: coarse - 1, fine })));

/** The image of each line. */
function* readRows(text: string, file: string): Generator<EbayRow> {
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
    yield { path, coarse: Number(category), fine: Number(product), file, line: i + 1 };
  }
}
