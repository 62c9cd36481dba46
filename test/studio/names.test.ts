import { afterEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("the dialogs that ask for a name", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  it.each(["light", "dark"] as const)("say what it leads to, in %s", async (colorScheme) => {
    open = await openStudioPage(await heapsCollection(), { colorScheme });
    const { page } = open;
    const status = page.getByRole("status");
    const dialog = page.getByRole("dialog");
    const input = dialog.locator("input:focus");
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "Not sure: 80 images" }).waitFor();
    // Nobody put them there.
    const pictures = page.getByRole("listbox").getByRole("option");
    await pictures.first().waitFor();
    expect(await pictures.getByText("by hand").count()).toBe(0);
    const put = async (name: string, hint: string) => {
      await page.getByRole("listbox").focus();
      await page.keyboard.press(" ");
      await page.keyboard.press("a");
      await input.fill(name);
      await dialog.getByText(hint, { exact: true }).waitFor();
      await page.keyboard.press("Enter");
      await status.getByText(/^1 image is in /).waitFor();
    };
    await put("Coat", "Makes a new group Coat.");
    await page.getByRole("heading", { name: "Not sure: 79 images" }).waitFor();
    await put("Cout", 'Makes a new group Cout; did you mean "Coat"?');
    await page.getByRole("heading", { name: "Not sure: 78 images" }).waitFor();
    await put("coat", "Into Coat (1 image).");
    await page.getByRole("heading", { name: "Not sure: 77 images" }).waitFor();

    await page.getByRole("button", { name: "Cout" }).click();
    await page.getByRole("heading", { name: "Cout: 1 image" }).waitFor();
    await pictures.getByText("by hand").waitFor();
    await page.keyboard.press("n");
    for (const [name, hint] of [
      ["CON", "A folder cannot be called so: Windows has no such folder."],
      ["Coat", "There is a group Coat already: one folder for both."],
      ["  ", "Without a name: the folder of an image is its fine class, else the number of the group."],
      ["coat", "There is a group Coat already: some disks take both for one folder, and fine folders are refused."],
    ] as const) {
      await input.fill(name);
      await dialog.getByText(hint, { exact: true }).waitFor();
    }
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "coat: 1 image" }).waitFor();
    await page.keyboard.press("e");
    const folders = page.getByRole("region", { name: "Folders" });
    await folders.getByText("1 folder will be refused: give it another name first.").waitFor();
    await folders.getByText(/^some disks take it for "(coat|Coat)"$/).waitFor();
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("Enter");
    await dialog.getByRole("alert").getByText("expected classes that folders can be called after").waitFor();
    await page.keyboard.press("Escape");

    await page.keyboard.press("n");
    const long = "x".repeat(300);
    await input.fill(long);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: `${long}: 1 image` }).waitFor();
    const heights = await page
      .locator(".pane h2, .groups li button")
      .evaluateAll((all) => all.map(({ clientHeight, title }) => [clientHeight, title] as const));
    expect(Math.max(...heights.map(([height]) => height))).toBeLessThan(70);
    expect(heights.map(([, title]) => title)).toContain(long);
    expect((await status.boundingBox())!.height).toBeLessThan(90);
    expect(open.problems.filter((line) => !line.includes("400"))).toEqual([]);
  });
});
