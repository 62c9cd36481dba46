import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { formatRecord, resolveConfig, version } from "../../src/config/index.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

const lines = (events: readonly object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");
const start = { event: "start", step: 0, epoch: 0, steps: 400, stepsPerEpoch: 10, batchSize: 9 };
const steps = (first: number, last: number, level: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => ({
    ...{ event: "step", step: first + i, epoch: 0, loss: level / (first + i), learningRate: 0.1 },
    ...{ imagesPerSecond: 9, dataWait: 0 },
  }));

/** Two runs that differ in their seed, and a damaged one. */
function runsFolder(): string {
  const folder = temporaryFolder();
  for (const seed of [1, 2]) {
    const record = formatRecord({
      ...{ version, config: resolveConfig({ flags: { seed } }) },
      dataset: {
        ...{ name: "cars", trainImages: 90, testImages: 10, coarseClasses: ["a", "b"], labels: "0".repeat(64) },
        normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
      },
    });
    put(folder, `seed ${seed}`, record, lines([start, ...steps(1, 20, seed)]));
  }
  put(folder, "damaged", "{", "not a line\n");
  return folder;
}

function put(folder: string, name: string, config: string, metrics: string): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "config.json"), config);
  writeFileSync(join(folder, name, "metrics.jsonl"), metrics);
}

describe.skipIf(!hasBrowser)("the page of runs", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  async function show(hash: string, o: { colorScheme?: "light" | "dark"; runs?: string | undefined } = {}) {
    open = await openStudioPage(await heapsCollection(60), { runs: runsFolder(), ...o });
    await open.page.goto(`${open.url}/${hash}`);
    return open.page;
  }

  it.each(["light", "dark"] as const)("has no serious finding of axe, and no error, in %s", async (colorScheme) => {
    const page = await show("#runs=seed%201%2Fseed%202%2Fdamaged", { colorScheme });
    await page.getByText("Numbers of Loss").click();
    await page.getByRole("table", { name: "Loss over steps" }).waitFor();
    expect(await open.findings()).toEqual([]);
    expect(open.problems).toEqual([]);
  });

  it("is used by keyboard: chooses runs, marks what differs, reads values", async () => {
    const page = await show("#runs");
    await page.getByRole("searchbox").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    await page.getByRole("columnheader", { name: "seed 1" }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    await page.getByRole("columnheader", { name: "seed 2" }).waitFor();
    expect(page.url()).toContain(encodeURIComponent("seed 1/seed 2"));
    const differing = page.locator(".run-facts tbody tr");
    expect(await differing.allTextContents()).toEqual([expect.stringContaining("progress"), "seed12"]);
    await page.getByLabel("Loss, cursor").focus();
    await page.keyboard.press("End");
    const readout = () => page.getByLabel("Loss, cursor").getAttribute("aria-valuetext");
    await expect.poll(readout).toBe("seed 1 0.05, seed 2 0.1 at step 20");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(readout).toBe("seed 1 0.05263, seed 2 0.1053 at step 19");
    await page.getByLabel("seed 1").press(" ");
    await expect.poll(() => page.getByRole("columnheader").count()).toBe(1);
    expect(open.problems).toEqual([]);
  });

  it("follows a run that is being written", async () => {
    const runs = runsFolder();
    const page = await show("#runs=seed%201", { runs });
    await page.getByText("step 20 of 400").waitFor();
    appendFileSync(join(runs, "seed 1", "metrics.jsonl"), lines(steps(21, 30, 1)));
    const answer = await page.waitForResponse(async (response) => (await response.text()).includes('"step":30'));
    // The last stretch again, and what is behind it.
    const [{ curves }] = JSON.parse(await answer.text());
    expect(curves.find(({ curve }: { curve: string }) => curve === "loss").steps).toHaveLength(11);
    await page.getByText("step 30 of 400").waitFor();
    writeFileSync(join(runs, "seed 1", "metrics.jsonl"), lines([start, ...steps(1, 5, 9)]));
    await page.getByText("step 5 of 400").waitFor();
  });

  it("follows the address, and says which runs are gone; they take no place", async () => {
    const names = Array.from({ length: 8 }, (_, i) => `gone ${i}`);
    const page = await show(`#runs=${encodeURIComponent([...names, "seed 1"].join("/"))}`);
    await page.getByRole("columnheader", { name: "seed 1" }).waitFor();
    await page
      .getByRole("status")
      .getByText(`There is no such run here: ${names.join(", ")}.`)
      .waitFor();
    expect(page.url()).toMatch(/#runs=seed%201$/);
    await page.getByLabel("seed 2").press(" ");
    await page.getByRole("columnheader", { name: "seed 2" }).waitFor();
    await page.evaluate("location.hash = '#runs=seed%202%2Ftoo'");
    await page.getByRole("status").getByText("There is no such run here: too.").waitFor();
    await expect.poll(() => page.getByRole("columnheader").allTextContents()).toEqual([" seed 2"]);
    expect(await page.getByLabel("seed 1").isChecked()).toBe(false);
    expect(open.problems).toEqual([]);
  });

  it("shows the only run by itself, until it is taken away", async () => {
    const runs = temporaryFolder();
    put(runs, "only", "{", lines(steps(1, 5, 1)));
    const page = await show("#runs", { runs });
    await page.getByRole("columnheader", { name: "only" }).waitFor();
    expect(page.url()).toMatch(/#runs=only$/);
    await page.getByLabel("only").press(" ");
    await page.getByText("Choose runs").waitFor();
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("heading", { name: "60 images" }).waitFor();
    await page.getByRole("link", { name: "Runs" }).click();
    await page.getByText("Choose runs").waitFor();
    expect(await page.getByLabel("only").isChecked()).toBe(false);
    // The address goes before.
    await page.goto("about:blank");
    await page.goto(`${open.url}/#runs=gone`);
    await page.getByRole("status").getByText("There is no such run here: gone.").waitFor();
    await page.getByText("Choose runs").waitFor();
    expect(open.problems).toEqual([]);
  });

  it("leaves nothing behind when another page comes", async () => {
    const page = await show("#runs=seed%201");
    await page.locator(".chart canvas").first().waitFor();
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("heading", { name: "60 images" }).waitFor();
    // What a resize says comes with a frame.
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    expect(open.problems).toEqual([]);
  });

  it("says what a run lacks, and what to do where there are none", async () => {
    const page = await show("#runs=damaged");
    await page.getByText("damaged: Lines of its metrics that are unreadable or torn, passed over: 1.").waitFor();
    await open.close();
    await (await show("#runs", { runs: undefined })).getByText("--runs DIR").waitFor();
  });
});
