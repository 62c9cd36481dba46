import { afterEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("a key", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  it("is for the page to which the key before led, however soon it comes", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    // Before the browser tells of the new address.
    await page.evaluate(`(async () => {
      const press = (key, code) => dispatchEvent(new KeyboardEvent("keydown", { key, code, cancelable: true }));
      press("3", "Digit3");
      for (let i = 0; i < 10; i++) await undefined;
      press("e", "KeyE");
    })()`);
    await page.getByRole("dialog", { name: "Fine folders" }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("is taken as soon as what it is for is shown, before the browser's next frame", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page, turnTo } = open;
    await turnTo("Review");
    const pairs = page.locator(".pairs li");
    await expect.poll(() => pairs.count()).toBe(4);
    const show = (list: string) => page.getByRole("button", { name: new RegExp(`^${list}`) }).click();
    await show("Outliers");
    // No frame and no timer from here on.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    await show("Copies");
    await page.keyboard.press("k");
    await expect.poll(() => pairs.count()).toBe(3);
    await show("Suspect labels");
    await page.getByRole("listbox").getByRole("option").first().waitFor();
    await page.keyboard.press("d");
    await page.getByRole("status").getByText("taken out").waitFor();
    expect(open.problems).toEqual([]);
  });
});
