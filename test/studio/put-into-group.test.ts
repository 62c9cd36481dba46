import { afterEach, describe, expect, it } from "vitest";
import { editCollection, openCollection } from "../../src/collection/index.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

/** Of the class `coarse 1`; the other of its images lie in none. */
const named = { Coat: [1, 7, 13], Shirt: [4, 10, 16] } as const;

describe.skipIf(!hasBrowser)("images are put into a group", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  /** A collection with named groups in the class `coarse 1`, in the Studio. */
  async function openNamed() {
    const folder = await heapsCollection();
    const editor = await editCollection(folder);
    for (const [name, ids] of Object.entries(named).toReversed()) {
      await editor.apply({ action: "assign", ids, group: "new", name });
    }
    await editor.close();
    open = await openStudioPage(folder);
    const groups = async () =>
      (await openCollection(folder)).rows.groups.list.map(({ name, size }) => [name, size]).sort();
    return { page: open.page, status: open.page.getByRole("status"), groups };
  }

  it("by Shift and its digit, which it keeps, and the focus stays on the pictures", async () => {
    const { page, status, groups } = await openNamed();
    const badges = () => page.locator(".groups kbd").allTextContents();
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
    await page.getByRole("button", { name: "Coat" }).getByText("Shift 1").waitFor();
    await page.getByRole("button", { name: "Shirt" }).getByText("Shift 2").waitFor();
    await page.keyboard.press("Shift+Digit1");
    await status.getByText("Choose images first").waitFor();
    await page.getByRole("button", { name: "Not sure" }).click();
    await page.getByRole("heading", { name: "Not sure: 74 images" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+Digit7");
    await status.getByText("No group with a name has the digit 7").waitFor();
    // Without a wait: the second is for the second image alone.
    await page.keyboard.press("Shift+Digit1");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+Digit2");
    await status.getByText("1 image is in Shirt. z takes it back.").waitFor();
    expect(await groups()).toEqual([
      ["Coat", 4],
      ["Shirt", 4],
    ]);
    await page.getByRole("heading", { name: "Not sure: 72 images" }).waitFor();
    expect(await page.locator(".grid:focus").count()).toBe(1);
    // One that comes later and before them by its name takes no digit from them.
    await page.keyboard.press(" ");
    await page.keyboard.press("a");
    await page.locator("dialog input:focus").fill("Blouse");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Blouse" }).getByText("Shift 3").waitFor();
    expect((await badges()).sort()).toEqual(["Shift 1", "Shift 2", "Shift 3"]);
    await open.turnTo("Map");
    await page.getByRole("heading", { name: /images by coarse/ }).waitFor();
    await open.turnTo("Groups");
    await page.getByRole("button", { name: "Blouse" }).getByText("Shift 3").waitFor();
    await page.keyboard.press("?");
    await page.getByRole("row", { name: /Shift 1 … 9/ }).waitFor();
    expect(await page.getByRole("row", { name: /Shift 1 … 9/ }).count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await open.findings()).toEqual([]);
    expect(open.problems).toEqual([]);
  });

  it("in the gallery, where they are of one coarse class", async () => {
    const { page, status, groups } = await openNamed();
    const choose = async (...ids: readonly number[]) => {
      for (const id of ids) await page.locator(`.cell[aria-label^="${id}: "]`).click();
      await page.locator(".count").getByText(`${ids.length} image`).waitFor();
    };
    await choose(1, 2);
    await page.keyboard.press("a");
    await status.getByText("A group is of one coarse class: image 1 is of coarse 1, image 2 is of coarse 2.").waitFor();
    await page.keyboard.press("Escape");
    await choose(4, 19);
    await page.keyboard.press("a");
    await page.getByRole("dialog", { name: "Put 2 images into a group" }).locator("input:focus").fill("coat");
    await page.keyboard.press("Enter");
    await status.getByText("2 images are in Coat. z takes it back.").waitFor();
    await page.locator(".count").getByText("none chosen").waitFor();
    expect(await groups()).toEqual([
      ["Coat", 5],
      ["Shirt", 2],
    ]);
    // The group of the last time.
    await choose(22);
    await page.keyboard.press("a");
    await page.locator("dialog input:focus").waitFor();
    expect(await page.locator("dialog input").inputValue()).toBe("Coat");
    await page.keyboard.press("Enter");
    await status.getByText("1 image is in Coat.").waitFor();
    await open.turnTo("Map");
    await page.getByRole("button", { name: "Put into … a" }).waitFor();
    await page.keyboard.press("a");
    await status.getByText("Choose images first").waitFor();
    expect(open.problems).toEqual([]);
  });
});
