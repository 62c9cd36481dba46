import { join } from "node:path";
import sharp from "sharp";
import { afterEach, describe, expect, it } from "vitest";
import { editCollection } from "../../src/collection/index.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("a server that was started again at its address", () => {
  let open: OpenPage;
  afterEach(() => open.close());
  const comeBack = () => open.page.evaluate("dispatchEvent(new Event('focus'))");
  /** In the middle of the first picture that is shown. */
  const colour = () =>
    open.page.evaluate(`(() => {
      const canvas = document.createElement("canvas");
      canvas.getContext("2d").drawImage(document.querySelector(".cell img"), 0, 0);
      return [...canvas.getContext("2d").getImageData(48, 48, 1, 1).data];
    })()`);

  it("has another collection: the page shows its pictures and holds nothing of the one before", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    await page.locator(".cell img").first().waitFor();
    const before = await colour();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Control+a");
    const other = await heapsCollection(60);
    await sharp({ create: { width: 1536, height: 1536, channels: 4, background: "#010203" } })
      .webp({ lossless: true })
      .toFile(join(other, "sheets", "000001.webp"));
    await open.restart(other);
    await comeBack();
    await page.getByRole("heading", { name: other.split("/").at(-1)!, exact: true }).waitFor();
    await expect.poll(colour).toEqual([1, 2, 3, 255]);
    expect(before).not.toEqual([1, 2, 3, 255]);
    expect(await page.locator('[role=option][aria-selected="true"]').count()).toBe(0);
  });

  it("has the collection in another state: the page shows it", async () => {
    const folder = await heapsCollection(60);
    open = await openStudioPage(folder);
    await open.page.getByRole("heading", { name: "60 images" }).waitFor();
    await open.restart(folder, async () => {
      const editor = await editCollection(folder);
      await editor.apply({ action: "drop", ids: [1, 2, 3] });
      await editor.close();
    });
    await comeBack();
    await open.page.getByRole("heading", { name: "57 images" }).waitFor();
  });
});
