import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { slowToExport } from "../slow-export.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

const MANY = 4000;
const FEW = 3;

describe.skipIf(!hasBrowser)("fine folders", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  /** Beside the collection; the page's other requests are for pictures that are not there. */
  async function start(rows: number) {
    const { root, folder } = await slowToExport(rows);
    open = await openStudioPage(folder);
    await open.turnTo("Groups");
    await open.page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    await open.page.keyboard.press("e");
    await open.page.getByRole("dialog", { name: "Fine folders" }).waitFor();
    return root;
  }

  it("that are being written are counted, and no more are written once the dialog is left", async () => {
    const root = await start(MANY);
    const { page, url } = open;
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Writing … [1-9][\d,]* of 4,000$/ }).waitFor();
    const state = async () => (await fetch(`${url}/api/export/folders`)).json();
    expect(await state()).toMatchObject({ isRunning: true, folder: join(root, "collection-fine") });
    expect(await open.findings()).toEqual([]);
    // Another page that writes meanwhile is told so.
    const body = JSON.stringify({ name: "other", copy: false, unsure: "skip", splits: true });
    expect((await fetch(`${url}/api/export/folders`, { method: "POST", body })).status).toBe(409);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.getByRole("status").getByText("Stopped: collection-fine is not written.").waitFor();
    expect(await state()).toMatchObject({ isRunning: false, isWritten: false });
    expect(readdirSync(root).sort()).toEqual(["0.png", "collection"]);
  });

  it("are written, and the page says where", async () => {
    const root = await start(FEW);
    const { page } = open;
    await page.keyboard.press("Enter");
    await page
      .getByRole("status")
      .getByText(`3 images are in ${join(root, "collection-fine")}.`)
      .waitFor();
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    expect(readdirSync(root).sort()).toEqual(["0.png", "collection", "collection-fine"]);
  });

  it("say how many images each will have, and what went wrong where it is seen", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await open.turnTo("Groups");
    await page.getByRole("button", { name: "Propose groups here" }).click();
    await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
    await page.keyboard.press("n");
    await page.locator("dialog input:focus").fill("ravens");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "ravens: 40 images" }).waitFor();
    const refuse = (message: string) => ({ status: 507, json: { error: { code: "disk", message } } });
    await page.route("**/parts*", (route) => route.fulfill(refuse("no tree on the disk")));
    await page.keyboard.press("k");
    await page.getByRole("dialog").getByRole("alert").getByText("no tree on the disk").waitFor();
    await page.keyboard.press("Escape");

    await page.route("**/api/export/folders", (route) => route.fulfill(refuse("no room on the disk")));
    await page.keyboard.press("e");
    const folders = page.getByRole("region", { name: "Folders" });
    await folders.getByText(/^\d+ folders$/).waitFor();
    const counts = await folders
      .locator("td")
      .evaluateAll((all) => all.map(({ textContent }) => Number.parseInt(textContent!, 10)));
    expect(counts.reduce((a, b) => a + b)).toBe(240);
    await folders.getByRole("row", { name: "coarse 1/ravens 40 images" }).waitFor();
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("alert").getByText("no room on the disk").waitFor();
    expect(open.problems.filter((line) => !line.includes("507"))).toEqual([]);
  });
});
