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

  /** The page with one of its lists. */
  const openList = async (name: string) => {
    open = await openStudioPage(folder);
    await open.turnTo("Review");
    await open.page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
    return { ...open, status: open.page.getByRole("status"), pairs: open.page.locator(".pairs li") };
  };
  const rowsOf = async () => (await openCollection(folder)).rows;
  const relabel = async (ids: readonly number[]) => {
    const editor = await editCollection(folder);
    await editor.apply({ action: "relabel", ids, coarse: "coarse 0" });
    await editor.close();
  };
  const droppedIds = async () => {
    const { ids, status } = await rowsOf();
    return [...ids].filter((_, row) => status[row] === 1);
  };

  it.each(["light", "dark"] as const)(
    "lists suspect labels first to move, keep or drop, in %s",
    async (colorScheme) => {
      open = await openStudioPage(folder, { colorScheme });
      const { page } = open;
      await open.turnTo("Review");
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

  it("begins with the first list that is not empty: drops copies pair by pair, and all at once", async () => {
    open = await openStudioPage(folder);
    const { page } = open;
    await open.turnTo("Review");
    await page.getByRole("button", { name: "Wrong groups 0" }).waitFor();
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
    // The list is ahead of the server.
    await expect.poll(async () => (await droppedIds()).length).toBe(2);
    const { rows } = await openCollection(folder);
    const [a, b] = first.map((alt) => rows.ids.indexOf(Number(/\d+/.exec(alt!)![0])));
    expect(rows.kept.copies(a!, b!)).toBe(true);
    expect(open.problems).toEqual([]);
  });

  it("decides on the image that is outlined, whatever left the list", async () => {
    await relabel([8, 11, 17, 20, 23]);
    const { page, url, problems, status } = await openList("Suspect labels");
    const outlined = async () => Number.parseInt((await page.locator(".cell.cursor").getAttribute("aria-label"))!, 10);
    const count = page.locator(".pane .count");
    const grid = page.getByRole("listbox");
    await grid.getByRole("option").first().waitFor();
    /** What is outlined is what the page names. */
    const agree = async () => {
      const id = await outlined();
      expect(await count.textContent()).toBe(`Image ${id}, at the cursor`);
      await page.locator(".panel dd").first().getByText(String(id), { exact: true }).waitFor();
      return id;
    };
    await agree();
    await grid.focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    const kept = await agree();
    await page.keyboard.press("k");
    await status.getByText(`Image ${kept}: kept`).waitFor();
    const dropped = await agree();
    expect(dropped).not.toBe(kept);
    await page.keyboard.press("d");
    await status.getByText(`Image ${dropped}: taken out`).waitFor();
    expect(await droppedIds()).toEqual([dropped]);
    await page.keyboard.press("End");
    const last = await agree();
    await page.keyboard.press("k");
    await status.getByText(`Image ${last}: kept`).waitFor();
    await agree();

    // What is no longer listed is not chosen.
    await page.keyboard.press("Home");
    const chosen = await agree();
    await page.keyboard.press(" ");
    await expect.poll(() => count.textContent()).toBe(`Image ${chosen} chosen`);
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ action: "keep", kind: "label", ids: [chosen] });
    expect((await fetch(`${url}/api/actions`, { method: "POST", headers, body })).ok).toBe(true);
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await expect.poll(() => count.textContent()).toMatch(/at the cursor$/);
    const moved = await agree();
    await page.keyboard.press("m");
    await status.getByText("1 moved to coarse 2").waitFor();
    expect((await rowsOf()).kept.label((await rowsOf()).ids.indexOf(chosen))).toBe(true);
    expect(await coarseOf(moved)).toBe("coarse 2");
    expect(problems).toEqual([]);
  });

  it("looks again when it is asked to, and not after every decision from then on", async () => {
    const { page, problems, status } = await openList("Suspect labels");
    const grid = page.getByRole("listbox");
    await grid.getByRole("option").first().waitFor();
    let again = 0;
    page.on("request", (request) => {
      if (request.url().includes("again=yes")) again++;
    });
    await grid.focus();
    await page.keyboard.press("k");
    await status.getByText("kept").waitFor();
    expect(again).toBe(0);
    const look = page.getByRole("button", { name: "Look again" });
    for (let round = 1; round <= 2; round++) {
      await look.click();
      await look.waitFor({ state: "detached" });
      await grid.getByRole("option").first().waitFor();
      for (let i = 0; i < 2; i++) {
        await grid.focus();
        const answer = page.waitForResponse((response) => response.url().includes("/api/review"));
        await page.keyboard.press("k");
        expect(await (await answer).json()).toMatchObject({ state: "ready", isOld: true });
      }
      expect(again).toBe(round);
    }
    expect(problems).toEqual([]);
  });

  it("takes fast keys one entry after another, and a held one once", async () => {
    const { page, problems, status, pairs } = await openList("Copies");
    await expect.poll(() => pairs.count()).toBe(4);
    const shown = await pairs.evaluateAll((all) =>
      all.map((pair) => [...pair.querySelectorAll("button")].map(({ textContent }) => textContent!)),
    );
    const idsOf = shown.map((buttons) => {
      const drops = buttons.filter((text) => text.startsWith("Drop"));
      const id = (text: string | undefined) => Number(/\d+/.exec(text ?? "")![0]);
      return {
        other: id(drops.find((text) => text.endsWith("d"))),
        keep: id(drops.find((text) => !text.endsWith("d"))),
      };
    });
    let isSlow = true;
    await page.route("**/api/actions", async (route) => {
      if (isSlow) await new Promise((resolve) => setTimeout(resolve, 500));
      await route.continue();
    });
    for (const key of ["d", "o"]) await page.keyboard.press(key);
    expect(await pairs.count()).toBe(2);
    await status.getByText(`Image ${idsOf[1]!.keep} was taken out`).waitFor();
    expect(await droppedIds()).toEqual([idsOf[0]!.other, idsOf[1]!.keep].sort((a, b) => a - b));
    isSlow = false;
    for (let i = 0; i < 3; i++) await page.keyboard.down("k");
    await page.keyboard.up("k");
    await status.getByText("Both stay").waitFor();
    expect(await pairs.count()).toBe(1);
    for (let i = 0; i < 3; i++) await page.keyboard.down("z");
    await page.keyboard.up("z");
    await status.getByText("Undone").waitFor();
    await expect.poll(() => pairs.count()).toBe(2);
    expect(await droppedIds()).toHaveLength(2);
    expect(problems).toEqual([]);

    // What was not taken is there again.
    await page.unroute("**/api/actions");
    for (const path of ["**/api/actions", "**/api/version"]) await page.route(path, (route) => route.abort());
    await page.keyboard.press("d");
    await status.getByText("The server does not answer").waitFor();
    await expect.poll(() => pairs.count()).toBe(2);
  });

  it("moves a whole group to the class that it looks like, and keeps the current one in sight", async () => {
    const editor = await editCollection(folder);
    const idsWhere = (fits: (id: number) => boolean) => Array.from({ length: 240 }, (_, i) => i + 1).filter(fits);
    // A part of a heap of coarse 2. Every heap has two groups: each is usual around the other.
    const odd = idsWhere((id) => id % 6 === 2 && id > 2 && id <= 50);
    await editor.apply({ action: "relabel", ids: odd, coarse: "coarse 0" });
    for (let part = 0; part < 12; part++) {
      const isIn = (id: number) => id % 6 === part % 6 && Math.floor(id / 6) % 2 === Math.floor(part / 6);
      const ids = idsWhere((id) => isIn(id) && !odd.includes(id) && id !== 2 && id !== 5);
      await editor.apply({ action: "assign", ids, group: "new", name: `part ${part}` });
    }
    await editor.apply({ action: "assign", ids: odd, group: "new", name: "odd ones" });
    await editor.close();
    const { page, problems, status, pairs } = await openList("Wrong groups");
    await pairs.first().waitFor();
    expect(await pairs.first().textContent()).toContain(`${odd.length} images of odd ones: coarse 0 → coarse 2?`);
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("m");
    await status.getByText(`${odd.length} images moved to coarse 2`).waitFor();
    expect(await coarseOf(odd[0]!)).toBe("coarse 2");
    await expect.poll(() => pairs.count()).toBe(0);

    // More of them than the window has room for.
    const groups = Array.from({ length: 20 }, (_, i) => ({
      ...{
        group: 101 + i,
        ids: [6 * i + 1, 6 * i + 2],
        coarse: "coarse 0",
        suggested: "coarse 1",
        share: 0.8,
        ownShare: 0.1,
      },
    }));
    const lists = {
      ...{ copies: [], labels: [], outliers: [], groups },
      totals: { groups: groups.length, copies: 0, copiesAcrossSplits: 0 },
      sameFiles: { pairs: 0, drop: [] },
    };
    await page.route("**/api/review*", (route) =>
      route.fulfill({ json: { state: "ready", isOld: false, wrongLabels: 0, unusual: 0, ...lists } }),
    );
    await open.turnTo("Gallery");
    await open.turnTo("Review");
    await expect.poll(() => pairs.count()).toBe(20);
    for (let i = 0; i < 12; i++) await page.keyboard.down("ArrowDown");
    await page.keyboard.up("ArrowDown");
    const outOfSight = `(() => {
      const [entry, list] = [".pairs li.current", ".pairs"].map((part) => document.querySelector(part).getBoundingClientRect());
      return Math.max(list.top - entry.top, entry.bottom - list.bottom);
    })()`;
    await expect.poll(() => page.evaluate(outOfSight)).toBeLessThan(1);
    expect(await page.locator(".pairs li.current").textContent()).toContain("Group 113");
    expect(problems).toEqual([]);
  });

  it("keeps and drops outliers, those chosen or the one at the cursor", async () => {
    const { page, problems, status } = await openList("Outliers");
    const grid = page.getByRole("listbox");
    const idAt = async (place: number) =>
      Number.parseInt((await grid.getByRole("option").nth(place).getAttribute("aria-label"))!, 10);
    await grid.getByRole("option").first().waitFor();
    const ids = [await idAt(0), await idAt(1), await idAt(2)];
    await grid.focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("k");
    await status.getByText("2 images: kept").waitFor();
    expect(await idAt(0)).toBe(ids[2]);
    await page.keyboard.press("Home");
    await page.keyboard.press("d");
    await status.getByText(`Image ${ids[2]}: taken out`).waitFor();
    const { kept, ...rows } = await rowsOf();
    expect(ids.map((id) => kept.outlier(rows.ids.indexOf(id)))).toEqual([true, true, false]);
    expect(await droppedIds()).toEqual([ids[2]]);
    expect(problems).toEqual([]);
  });
});
