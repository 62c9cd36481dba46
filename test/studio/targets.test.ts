import { afterEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("the page of targets", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  async function show(hash: string, o: { colorScheme?: "light" | "dark" } = {}) {
    open = await openStudioPage(await heapsCollection(), o);
    await open.page.goto(`${open.url}/${hash}`);
    await open.page.locator(".entries tbody tr").nth(5).waitFor();
    return open.page;
  }
  /** A row of the table of methods, by its name. */
  const weights = async (name: string) =>
    (await open.page.locator(".methods tr", { hasText: name }).locator("td").allTextContents()).map(Number.parseFloat);

  it.each(["light", "dark"] as const)("has no serious finding of axe, and no error, in %s", async (colorScheme) => {
    const page = await show("#targets=9", { colorScheme });
    await page.getByText("How this differs").click();
    await page.getByText("T and w of the run are not known").waitFor();
    expect(await open.findings()).toEqual([]);
    expect(open.problems).toEqual([]);
  });

  it("weighs again while a slider moves, without asking the server", async () => {
    const page = await show("#targets=9");
    let asked = 0;
    page.on("request", (request) => {
      if (/\/api\/(?!version)/.test(request.url())) asked++;
    });
    const before = await weights("own key");
    expect(before.slice(1)).toEqual([100, expect.closeTo(100 / 60, 1), expect.closeTo(50 + 50 / 60, 1)]);
    const temperature = page.getByLabel("T", { exact: true });
    await temperature.focus();
    await page.keyboard.press("Home");
    // At so small a T, the nearest entry has what the own key has.
    await expect.poll(async () => (await weights("own key"))[0]).toBeGreaterThan(30);
    await page.keyboard.press("End");
    // At so large a T, MaskCon is SupCon.
    await expect.poll(async () => (await weights("own key"))[0]).toBeCloseTo(before[2]!, 0);
    const share = page.getByLabel("w", { exact: true });
    await share.focus();
    await page.keyboard.press("Home");
    // With w 0, it is SelfCon, and the page says so.
    await page.getByText("With w 0, MaskCon is SelfCon").waitFor();
    await expect.poll(() => weights("effective")).toEqual([1, 1, expect.any(Number), expect.any(Number)]);
    expect((await weights("effective"))[2]).toBeGreaterThan(50);
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    await page.locator("output", { hasText: /^0\.07$/ }).waitFor();
    expect(await page.getByText("With w 0").count()).toBe(0);
    await page.getByRole("heading", { name: "Soft labels" }).click();
    await page.keyboard.press("r");
    await expect.poll(() => weights("own key")).toEqual(before);
    expect(asked).toBe(0);
    expect(open.problems).toEqual([]);
  });

  it("shows no numbers of the other encoder while those of the chosen one are not there", async () => {
    const page = await show("#targets=9");
    const trained = await weights("own key");
    // What answers takes the message away.
    for (const path of ["**/api/targets/9?by=frozen*", "**/api/version"]) {
      await page.route(path, (route) => route.abort());
    }
    const select = page.getByLabel("vectors that stand for the keys");
    await select.focus();
    await select.selectOption("frozen");
    await expect.poll(() => page.locator(".methods").count()).toBe(0);
    await page.getByRole("status").getByText("The server does not answer").waitFor();
    expect(await page.locator(".entries").count()).toBe(0);
    expect(await page.evaluate("document.activeElement.value")).toBe("frozen");
    await select.selectOption("trained");
    await expect.poll(() => weights("own key")).toEqual(trained);
  });

  it("goes from image to image by keyboard, and from the gallery", async () => {
    const page = await show("#targets=9");
    const image = page.getByLabel("image", { exact: true });
    await page.getByRole("heading", { name: "Soft labels" }).click();
    await page.keyboard.press("n");
    await expect.poll(() => page.url()).toContain("#targets=10");
    await page.keyboard.press("p");
    await expect.poll(() => image.inputValue()).toBe("9");
    // Held, it runs on.
    for (let i = 0; i < 4; i++) await page.keyboard.down("n");
    await page.keyboard.up("n");
    await expect.poll(() => image.inputValue()).toBe("14");
    await image.fill("999");
    await page.keyboard.press("Enter");
    await page.getByText("No image of the collection has the id 999.").waitFor();
    await image.fill("14");
    await page.keyboard.press("Enter");
    await page.locator('.entries tbody tr a[href="#targets=14"]').waitFor();
    // A test image.
    await image.fill("8");
    await page.keyboard.press("Enter");
    await page.getByText("Not a training image").waitFor();
    await page.getByRole("heading", { name: "Soft labels" }).click();
    await page.keyboard.press("n");
    await expect.poll(() => image.inputValue()).toBe("9");
    await page.keyboard.press("p");
    await expect.poll(() => image.inputValue()).toBe("7");
    await image.fill("8");
    await page.keyboard.press("Enter");
    await page.getByText("Not a training image").waitFor();
    await page.locator(".entries tbody tr a").nth(3).click();
    await expect.poll(() => page.getByText("Not a training image").count()).toBe(0);
    await open.turnTo("Gallery");
    await page.getByRole("listbox").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("t");
    await expect.poll(() => image.inputValue()).toBe("2");
    // The way back leads to the same image.
    await page.getByRole("link", { name: "Gallery" }).click();
    await page.getByRole("link", { name: "Targets", exact: true }).click();
    await expect.poll(() => image.inputValue()).toBe("2");
  });
});
