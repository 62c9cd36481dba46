import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editCollection, openCollection } from "../../src/collection/index.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("the review", () => {
  let open: OpenPage;
  let folder: string;

  /** Two images in the wrong class: 2 is of heap 5, coarse 2. */
  beforeEach(async () => {
    folder = await heapsCollection();
    const editor = await editCollection(folder);
    await editor.apply({ action: "relabel", ids: [2, 5], coarse: "coarse 0" });
    await editor.close();
  });
  afterEach(() => open.close());

  const coarseOf = async (id: number) => {
    const { rows } = await openCollection(folder);
    return rows.coarse.names[rows.coarse.numbers[rows.ids.indexOf(id)]!];
  };

  it.each(["light", "dark"] as const)(
    "lists suspect labels first to move, keep or drop, in %s",
    async (colorScheme) => {
      open = await openStudioPage(folder, { colorScheme });
      const { page } = open;
      await page.keyboard.press("4");
      await page.getByRole("button", { name: /^Suspect labels/ }).click();
      const options = page.getByRole("listbox").getByRole("option");
      await options.first().waitFor();
      const labels = await options.evaluateAll((all) => all.slice(0, 2).map((option) => option.ariaLabel));
      expect(labels.sort()).toEqual(["2: coarse 0 → coarse 2?", "5: coarse 0 → coarse 2?"]);
      expect(await open.findings()).toEqual([]);
      await page.getByRole("listbox").focus();
      await page.keyboard.press("m");
      await page.getByRole("status").getByText("1 moved to coarse 2").waitFor();
      expect([await coarseOf(2), await coarseOf(5)].filter((name) => name === "coarse 2").length).toBe(1);
      await page.getByRole("listbox").focus();
      await page.keyboard.press("k");
      await page.getByRole("status").getByText("kept").waitFor();
      const { rows } = await openCollection(folder);
      expect([2, 5].filter((id) => rows.kept.label(rows.ids.indexOf(id))).length).toBe(1);
      await page.getByRole("button", { name: "Look again" }).waitFor();
      for (let i = 0; i < 2; i++) await page.keyboard.press("z");
      await page.getByRole("status").getByText("Undone").waitFor();
      expect(open.problems).toEqual([]);
    },
  );

  it("drops copies pair by pair, and all at once", async () => {
    open = await openStudioPage(folder);
    const { page } = open;
    await page.keyboard.press("4");
    await page.getByRole("button", { name: /^Copies/ }).click();
    await page.locator(".pairs li").first().waitFor();
    expect(await page.locator("main h2").textContent()).toBe("4 pairs, 1 of them across splits");
    expect(await page.locator(".pairs li").first().textContent()).toContain("across splits");
    expect(await open.findings()).toEqual([]);
    const pairs = async () => Number((await page.locator("main h2").textContent())!.split(" ")[0]);
    // Those that only look alike stay.
    await page.getByRole("button", { name: "Drop one of every pair that is the same file (1)" }).click();
    await expect.poll(pairs).toBe(3);
    const first = (await page
      .locator(".pairs li")
      .first()
      .locator("img")
      .evaluateAll((all) => all.map((img) => (img as { alt?: string }).alt)))!;
    await page.keyboard.press("k");
    await expect.poll(pairs).toBe(2);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("d");
    await expect.poll(pairs).toBe(1);
    const { rows } = await openCollection(folder);
    const [a, b] = first.map((alt) => rows.ids.indexOf(Number(/\d+/.exec(alt!)![0])));
    expect(rows.kept.copies(a!, b!)).toBe(true);
    expect([...rows.status].filter((status) => status === 1).length).toBe(2);
    expect(open.problems).toEqual([]);
  });
});
