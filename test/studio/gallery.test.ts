import { afterEach, describe, expect, it } from "vitest";
import { openCollection } from "../../src/collection/index.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

const chosen = '[role="option"][aria-selected="true"]';

describe.skipIf(!hasBrowser)("the gallery", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  it.each(["light", "dark"] as const)("has no serious finding of axe, and no error, in %s", async (colorScheme) => {
    open = await openStudioPage(await heapsCollection(), { colorScheme });
    const { page } = open;
    expect(await page.locator("main h2").textContent()).toBe("240 images");
    expect(await open.findings()).toEqual([]);
    await page.locator(".cell").first().dblclick();
    await page.getByRole("heading", { name: "Before training" }).waitFor();
    await page.locator(".panel img").waitFor();
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("?");
    expect(await open.findings()).toEqual([]);
    expect(open.problems).toEqual([]);
  });

  it("shows the pictures, in the place of their rows", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await page.locator(".cell img").first().waitFor();
    await expect
      .poll(() =>
        page
          .locator(".cell img")
          .evaluateAll((all) => all.filter((i) => (i as { naturalWidth?: number }).naturalWidth === 96).length),
      )
      .toBeGreaterThan(20);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("End");
    await page.locator('[role="option"][aria-posinset="240"]').waitFor();
    expect(await page.locator('[role="option"]').count()).toBeLessThan(150);
    expect(open.problems).toEqual([]);
  });

  it("relabels, drops and undoes by keyboard alone", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const status = page.getByRole("status");
    // From the address bar into the list, as Tab goes.
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press("Tab");
      if (await page.locator('[role="listbox"]:focus').count()) break;
    }
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    expect(await page.locator(chosen).count()).toBe(3);
    await page.keyboard.press("f");
    await page.locator("dialog input:focus").waitFor();
    await page.keyboard.type("striped cat");
    await page.keyboard.press("Enter");
    await status.getByText("3 images: fine class striped cat").waitFor();
    const fine = async () => {
      const { rows } = await openCollection(folder);
      return [...rows.ids.keys()].filter((row) => rows.fine.names[rows.fine.numbers[row]!] === "striped cat").length;
    };
    expect(await fine()).toBe(3);
    expect(await page.locator(chosen).count()).toBe(0);
    await page.keyboard.press("z");
    await status.getByText("Undone: 3 images given the fine class striped cat.").waitFor();
    expect(await fine()).toBe(0);
    await page.keyboard.press("Z");
    await status.getByText("Done again: 3 images given the fine class striped cat.").waitFor();
    expect(await fine()).toBe(3);
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Control+a");
    expect(await page.locator(".count").textContent()).toBe("240 images chosen");
    await page.keyboard.press("d");
    await page.getByRole("heading", { name: "0 images" }).waitFor();
    await page.keyboard.press("z");
    await page.getByRole("heading", { name: "240 images" }).waitFor();
    await status.getByText(/^Undone: 240 images taken out/).waitFor();
    await page.keyboard.press("d");
    await status.getByText("Choose images first").waitFor();
    expect(open.problems).toEqual([]);
  });

  it("finds images like the one with the cursor, among those of the filter, and comes back", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await page.getByLabel("coarse", { exact: true }).selectOption("coarse 1");
    await page.getByRole("heading", { name: "80 images" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Trained", exact: true }).waitFor();
    const found = page.getByLabel("Found by the trained encoder").getByRole("option");
    // Of its own heap: image 1's colour is that of every second of its class.
    expect((await found.first().getAttribute("aria-label"))!).toMatch(/^(7|13|19|[0-9]+): 0\.9\d\d /);
    expect(await found.first().getAttribute("aria-setsize")).toBe("79");
    await page.keyboard.press("Backspace");
    await page.getByRole("heading", { name: "80 images" }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("says in one line that the server is gone", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    await page.route("**/api/actions", (route) => route.abort());
    await page.getByRole("listbox").focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("d");
    await page.getByText("The server does not answer. Start maskcon studio again.").waitFor();
  });
});
