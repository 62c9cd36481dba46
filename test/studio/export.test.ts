import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { slowToExport } from "../slow-export.ts";
import { hasBrowser, type OpenPage, openStudioPage } from "./open-page.ts";

const MANY = 4000;
const FEW = 3;

describe.skipIf(!hasBrowser)("fine folders", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  /** Beside the collection; the page's other requests are for pictures that are not there. */
  async function start(rows: number) {
    const { root, folder } = await slowToExport(rows);
    open = await openStudioPage(folder);
    await open.page.keyboard.press("3");
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
});
