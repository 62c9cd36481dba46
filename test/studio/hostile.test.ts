import { afterEach, describe, expect, it } from "vitest";
import { editCollection, openCollection } from "../../src/collection/index.ts";
import { SOFTWARE_GL } from "../browser/serve-plot.ts";
import { sampleRow, writeSample } from "../collection-samples.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { hasBrowser, type OpenPage, openStudioPage } from "./open-page.ts";

/** Names that run where they are taken for anything but text. */
const NAMES = [
  "<img src=x onerror=document.title='run'>",
  "<script>document.title='run'</script>",
  "\"><svg onload=document.title='run'>",
  "javascript:document.title='run'",
  "{{constructor.constructor('document.title=1')()}}",
  "__proto__",
  "constructor",
  "\u202egnp.exe",
  "a\u0000b",
  "x".repeat(1000),
  "</option></select><h1>out</h1>",
  "=1+1",
] as const;
const ROWS = 10 * NAMES.length;

describe.skipIf(!hasBrowser)("a collection of hostile names", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  async function hostile(): Promise<string> {
    const folder = temporaryFolder();
    const rows = Array.from({ length: ROWS }, (_, i) => {
      const name = NAMES[i % NAMES.length]!;
      return sampleRow(i + 1, { name: `${name}/${i}.png`, coarse: name, fine: `fine ${name}`, split: name });
    });
    await writeSample(folder, [rows], { trained: 8, frozen: 8 });
    const editor = await editCollection(folder);
    const ids = [1, 1 + NAMES.length];
    await editor.apply({ action: "assign", ids, group: "new", name: NAMES[0] });
    await editor.close();
    return folder;
  }
  /** These rows have neither thumbnails nor files. */
  const problems = () => open.problems.filter((line) => !/^Failed to load resource: .* (400|404) /.test(line));
  const nothingRan = async () => {
    const { page } = open;
    expect(await page.title()).not.toMatch(/run|1/);
    // Of the page's own alone: one script, and no heading, picture or drawing that a name made.
    expect(await page.locator("script").count()).toBe(1);
    expect(await page.locator("img[src='x'], h1 ~ h1, svg[onload]").count()).toBe(0);
    expect(problems()).toEqual([]);
  };

  it("is shown as text on every page", async () => {
    open = await openStudioPage(await hostile(), { flags: SOFTWARE_GL });
    const { page } = open;
    const options = await page.getByLabel("coarse", { exact: true }).locator("option").allTextContents();
    expect(options.slice(2).sort()).toEqual([...NAMES].sort());
    for (const [i, name] of NAMES.entries()) {
      await page.getByLabel("coarse", { exact: true }).selectOption({ index: options.indexOf(name) });
      await page.getByRole("heading", { name: "10 images" }).waitFor();
      const first = page.locator('[role="option"][aria-posinset="1"]');
      expect(await first.getAttribute("aria-label")).toBe(`${i + 1}: ${i === 0 ? name : `fine ${name}`}`);
      expect((await first.locator("span").boundingBox())!.width).toBeLessThan(120);
    }
    await page.getByRole("listbox").focus();
    await page.keyboard.press("ArrowRight");
    // The panel had the first image before.
    const shown = page.locator(".panel dd").nth(1);
    await expect.poll(() => shown.textContent()).toBe(`${NAMES.at(-1)}/${2 * NAMES.length - 1}.png`);
    await nothingRan();
    for (const name of ["Map", "Groups", "Review", "Runs", "Targets"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.locator("nav a[aria-current='page']").getByText(name, { exact: true }).waitFor();
      await expect.poll(() => page.locator("main progress").count(), { timeout: 20_000 }).toBe(0);
      await page.waitForTimeout(500);
      await nothingRan();
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect([name, overflow]).toEqual([name, 0]);
    }
  });

  it("takes such names for classes, and they come back as they were typed", async () => {
    const folder = await hostile();
    open = await openStudioPage(folder);
    const { page } = open;
    const typed = NAMES.filter((name) => !name.includes("\0")).map((name) => `new ${name}`.slice(0, 1000));
    for (const name of typed) {
      await page.getByRole("listbox").focus();
      await page.keyboard.press("Home");
      await page.keyboard.press(" ");
      await page.keyboard.press("f");
      await page.locator("dialog input").fill(name);
      await page.keyboard.press("Enter");
      await page.getByRole("status").getByText(name, { exact: false }).waitFor();
      const { rows } = await openCollection(folder);
      expect(rows.fine.names[rows.fine.numbers[0]!]).toBe(name);
    }
    await nothingRan();
  });
});
