import type { Request } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("what this page and others do", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  it("is listed, and the list follows undo, redo and another page", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const dialog = page.getByRole("dialog");
    await page.keyboard.press("h");
    await dialog.getByText("Nothing yet.").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press(" ");
    await page.keyboard.press("d");
    await page.getByRole("status").getByText("1 image: taken out").waitFor();
    await page.keyboard.press("h");
    await dialog.getByRole("row", { name: /^1 .*1 image taken out$/ }).waitFor();
    expect(await open.findings()).toEqual([]);
    await dialog.getByRole("button", { name: "Undo" }).click();
    await dialog.locator("s").getByText("1 image taken out").waitFor();
    await dialog.getByRole("button", { name: "Redo" }).click();
    await dialog.locator("s").waitFor({ state: "detached" });
    await page.evaluate(`fetch("/api/actions", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ action: "relabel", ids: [5], fine: "from elsewhere" }),
    })`);
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await dialog.getByRole("row", { name: /1 image given the fine class from elsewhere$/ }).waitFor();
    expect(await dialog.getByRole("row").count()).toBe(2);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect(open.problems).toEqual([]);
  });

  it("is asked for less and less often while no answer comes, and as before once one came", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    await page.clock.install();
    await page.reload();
    await page.getByRole("heading", { name: "60 images" }).waitFor();
    let [asked, isGone] = [0, true];
    const waiting = new Set<Request>();
    page.on("request", (request) => waiting.add(request));
    page.on("requestfinished", (request) => waiting.delete(request));
    page.on("requestfailed", (request) => waiting.delete(request));
    await page.route("**/api/version", (route) => {
      asked++;
      return isGone ? route.abort() : route.continue();
    });
    const another = () => page.evaluate("fetch('/api/state').then((answer) => answer.text()).then(() => undefined)");
    /** How often it asks in so many minutes of the page's clock. */
    const askedIn = async (minutes: number) => {
      const before = asked;
      for (let i = 0; i < 12 * minutes; i++) {
        await page.clock.runFor(5000);
        // The next wait begins with the answer: the page has it behind another one that was asked for later.
        await another();
        await expect.poll(() => waiting.size).toBe(0);
        await another();
      }
      return asked - before;
    };
    const first = await askedIn(5);
    expect(first).toBeGreaterThanOrEqual(4);
    expect(first).toBeLessThanOrEqual(9);
    isGone = false;
    await askedIn(1);
    expect(await askedIn(1)).toBeGreaterThanOrEqual(9);
  });
});
