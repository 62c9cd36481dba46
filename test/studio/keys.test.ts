import { afterEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("a key", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  /** Keys before the browser tells of a new address. */
  const pressAtOnce = (...keys: readonly (readonly [key: string, code: string])[]) =>
    open.page.evaluate(`(async () => {
      for (const [key, code] of ${JSON.stringify(keys)}) {
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }));
        for (let i = 0; i < 10; i++) await undefined;
      }
    })()`);

  it("is for the page to which the key before led, however soon it comes", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    await pressAtOnce(["3", "Digit3"], ["e", "KeyE"]);
    await page.getByRole("dialog", { name: "Fine folders" }).waitFor();
    await page.keyboard.press("Escape");

    // The page before would have dropped the chosen image.
    await open.turnTo("Gallery");
    await pressAtOnce([" ", "Space"], ["t", "KeyT"], ["d", "KeyD"]);
    await expect.poll(() => page.getByLabel("image", { exact: true }).inputValue()).toBe("1");
    await open.turnTo("Gallery");
    await page.getByRole("heading", { name: "60 images" }).waitFor();

    // Who goes back at once is not led there again.
    await open.turnTo("Groups");
    await page.getByRole("listbox").focus();
    await pressAtOnce(["Enter", "Enter"], ["Backspace", "Backspace"]);
    await page.getByRole("heading", { name: "60 images" }).waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    expect(await page.getByText(/^like image/).count()).toBe(0);
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
