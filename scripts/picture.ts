/**
 * Draws the top of an HTML page as a small PNG for the documentation: Chromium renders it, sharp reduces its colours.
 *
 *   node --import tsx scripts/picture.ts runs/demo/neighbours.html docs/images/neighbours.png \
 *     '.query:nth-of-type(17)' '.query:not(:nth-of-type(4n+1))'
 *
 * The picture ends with the page's element that the third argument selects; elements of the fourth are left out.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { CHROMIUM_FLAGS, chromiumPath } from "../test/browser/chromium.ts";

const WIDTH = 960;
const COLOURS = 32;

const [, , page, picture, last, hidden] = process.argv;
if (!page || !picture || !last) {
  console.error("usage: picture.ts PAGE.html PICTURE.png LAST [HIDDEN]");
  process.exit(2);
}
const executablePath = chromiumPath();
if (!executablePath) throw new Error("expected Chromium on this machine, found none: set CHROMIUM to its path");
const browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS });
try {
  const tab = await browser.newPage({ viewport: { width: WIDTH, height: 800 }, colorScheme: "light" });
  await tab.goto(pathToFileURL(resolve(page)).href);
  if (hidden) await tab.addStyleTag({ content: `${hidden} { display: none !important; }` });
  const box = await tab.locator(last).first().boundingBox();
  if (!box) throw new Error(`${page}: expected an element ${last}, found none`);
  const shot = await tab.screenshot({
    fullPage: true,
    clip: { x: 0, y: 0, width: WIDTH, height: box.y + box.height + 16 },
  });
  const { size } = await sharp(shot).png({ palette: true, colours: COLOURS, effort: 10 }).toFile(picture);
  console.log(`${picture}: ${(size / 1024).toFixed(0)} KB`);
} finally {
  await browser.close();
}
