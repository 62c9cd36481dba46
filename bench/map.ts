/** The map in headless Chromium without a graphics card: frames of panning and zooming, and lassos. Prints a line for each size. */
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS, chromiumPath } from "../test/browser/chromium.ts";
import { SOFTWARE_GL, servePlot } from "../test/browser/serve-plot.ts";

const SIZES = [100_000, 1_000_000];
const FRAMES = 24;
const LASSOS = 5;

const executablePath = chromiumPath();
if (!executablePath) throw new Error("no Chromium on this machine: set CHROMIUM to its path");
const server = await servePlot();
const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS, ...SOFTWARE_GL] });
console.log("  points  drawn by  frame p95  lasso (slowest)  found  as the loop");
for (const plain of [false, true]) {
  // The plain canvas is for few points: it is not made to wait for a million.
  for (const count of plain ? SIZES.slice(0, 1) : SIZES) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(server.url);
    await page.waitForFunction("typeof openTrial === 'function'");
    await page.evaluate(`openTrial(${JSON.stringify({ count, plain })})`);
    const frame = (await page.evaluate(`trial.frames(${FRAMES})`)) as number;
    const lassos: { ms: number; found: number; isSame: boolean }[] = [];
    for (let i = 0; i < LASSOS; i++) lassos.push((await page.evaluate("trial.lasso()")) as (typeof lassos)[number]);
    const slowest = Math.max(...lassos.map(({ ms }) => ms));
    const { found } = lassos[0]!;
    const kind = (await page.evaluate("trial.kind")) as string;
    const same = lassos.every(({ isSame }) => isSame) ? "yes" : "NO";
    console.log(
      `${String(count).padStart(8)}  ${kind.padEnd(8)}  ${frame.toFixed(0).padStart(6)} ms  ${slowest.toFixed(0).padStart(12)} ms  ${found}  ${same}`,
    );
    await page.close();
  }
}
await browser.close();
await server.close();
