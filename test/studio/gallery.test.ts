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

  it("turns a page of whole rows, with the pictures of the next one there before", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    const grid = page.getByRole("listbox");
    /** Places of the pictures that are whole in sight: the first one, and the one behind the last. */
    const inSight = () =>
      grid.evaluate((box) => {
        const frame = box.getBoundingClientRect();
        const whole = [...box.querySelectorAll("[data-index]")].filter((cell) => {
          const { top, bottom } = cell.getBoundingClientRect();
          return top >= frame.top - 1 && bottom <= frame.bottom + 1;
        });
        const placeOf = (cell: (typeof whole)[number]) => Number(cell.getAttribute("data-index"));
        return [placeOf(whole[0]!), placeOf(whole.at(-1)!) + 1] as const;
      });
    const notThere = () =>
      grid.evaluate((box) => [...box.querySelectorAll("img")].filter(({ naturalWidth }) => naturalWidth === 0).length);
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    // The panel comes with the first image, and takes room from the rows: two frames later they are as they stay.
    await page.locator(".panel img").waitFor();
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
    const [, behind] = await inSight();
    await expect.poll(notThere).toBe(0);
    await page.keyboard.press("PageDown");
    await expect.poll(inSight).toEqual([behind, 2 * behind]);
    expect(await outlined()).toBe(behind + 2);
    await page.keyboard.press("Shift+PageDown");
    await expect.poll(async () => (await inSight())[0]).toBe(2 * behind);
    expect(await page.locator(".count").textContent()).toBe(`${behind + 1} images chosen`);
    await page.keyboard.press("PageUp");
    await page.keyboard.press("PageUp");
    await expect.poll(inSight).toEqual([0, behind]);
    expect(await outlined()).toBe(2);
    // A screen below what is seen: the next page has them at once.
    await expect.poll(() => grid.getByRole("option").count()).toBeGreaterThanOrEqual(2 * behind);
    expect(open.problems).toEqual([]);
  });

  it("relabels, drops and undoes by keyboard alone", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const status = page.getByRole("status");
    // The pictures have the focus from the beginning.
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
    const labels = await found.evaluateAll((all) => all.slice(0, 20).map(({ ariaLabel }) => ariaLabel!));
    const entries = labels.map((label) => label.split(/[: ]+/).map(Number));
    // Of its own heap: image 1's colour is that of every second of its class.
    for (const [id, score] of entries) expect([id! % 6, id! > 1, score! > 0.8]).toEqual([1, true, true]);
    const scores = entries.map(([, score]) => score!);
    expect([new Set(entries.map(([id]) => id)).size, scores]).toEqual([20, scores.toSorted((a, b) => b - a)]);
    expect(await found.first().getAttribute("aria-setsize")).toBe("79");
    await page.keyboard.press("Backspace");
    await page.getByRole("heading", { name: "80 images" }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("gives the pictures the keys: on arrival, and after a choice in a filter by the pointer", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    expect(await hasFocus()).toBe(true);
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    await open.turnTo("Gallery");
    await page.getByRole("heading", { name: "240 images" }).waitFor();
    expect(await hasFocus()).toBe(true);
    const coarse = page.getByLabel("coarse", { exact: true });
    await coarse.dispatchEvent("pointerdown");
    await coarse.focus();
    await coarse.selectOption("coarse 1");
    await page.getByRole("heading", { name: "80 images" }).waitFor();
    expect(await hasFocus()).toBe(true);
    // Whoever goes through the classes by keys stays there, until Escape.
    await coarse.press("ArrowDown");
    await coarse.selectOption("coarse 2");
    await page.getByRole("heading", { name: "80 images" }).waitFor();
    expect(await hasFocus()).toBe(false);
    await page.keyboard.press("Escape");
    expect(await hasFocus()).toBe(true);
    await page.keyboard.press("l");
    await page.getByRole("heading", { name: "Trained", exact: true }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("says in one line that the server is gone", async () => {
    open = await openStudioPage(await heapsCollection(60));
    const { page } = open;
    for (const path of ["**/api/actions", "**/api/version"]) await page.route(path, (route) => route.abort());
    await page.getByRole("listbox").focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("d");
    await page.getByText("The server does not answer. Start maskcon studio again.").waitFor();
    // Until it does: the page looks every few seconds.
    await page.unroute("**/api/version");
    await page.getByText("The server does not answer.").waitFor({ state: "detached" });
    await page.route("**/api/version", (route) => route.abort());
    await page.keyboard.press("d");
    await page.getByText("The server does not answer.").waitFor();
    // What was said is of this page.
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    expect(await page.getByText("The server does not answer.").count()).toBe(0);
  });

  it("shows what another page did, and keeps what was chosen and the cursor", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page, url } = open;
    for (const key of [" ", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ action: "drop", ids: [200] });
    expect((await fetch(`${url}/api/actions`, { method: "POST", headers, body })).ok).toBe(true);
    await page.getByRole("heading", { name: "239 images" }).waitFor();
    expect(await page.locator(chosen).count()).toBe(1);
    expect(await outlined()).toBe(3);
    expect(await hasFocus()).toBe(true);
    expect(open.problems).toEqual([]);
  });

  const outlined = async () =>
    Number.parseInt((await open.page.locator(".cell.cursor").first().getAttribute("aria-label"))!, 10);
  const panelShows = (id: number) =>
    open.page.locator(".panel dd").first().getByText(String(id), { exact: true }).waitFor();
  const hasFocus = async () => (await open.page.locator(".panes section:first-child .grid:focus").count()) === 1;

  it("looks for the image that is outlined, also before the first arrow and after a drop", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await panelShows(1);
    await page.keyboard.press("l");
    await page.getByText("like image 1", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Trained", exact: true }).waitFor();
    await page.keyboard.press("Backspace");
    await page.getByRole("heading", { name: "240 images" }).waitFor();
    expect(await hasFocus()).toBe(true);
    for (const key of ["ArrowRight", "ArrowRight", " ", "d"]) await page.keyboard.press(key);
    await page.getByRole("heading", { name: "239 images" }).waitFor();
    expect(await outlined()).toBe(4);
    await panelShows(4);
    await page.keyboard.press("l");
    await page.getByText("like image 4", { exact: true }).waitFor();
    await page.getByRole("heading", { name: "Trained", exact: true }).waitFor();
    // The list that has the focus says which image is meant.
    expect(await hasFocus()).toBe(true);
    await panelShows(await outlined());
    await page.getByLabel("Found by the frozen encoder").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
    const last = Number.parseInt((await page.locator(".cell.cursor").last().getAttribute("aria-label"))!, 10);
    await panelShows(last);
    await page.keyboard.press("Backspace");
    await page.getByRole("heading", { name: "239 images" }).waitFor();
    expect(await outlined()).toBe(4);
    expect(open.problems).toEqual([]);
  });

  it("keeps what was found in its place, with cursor and focus, while images are labelled", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Trained", exact: true }).waitFor();
    expect(await hasFocus()).toBe(true);
    for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowDown");
    const [id, top] = [await outlined(), await page.evaluate("document.querySelector('.grid').scrollTop")];
    expect(top).toBeGreaterThan(200);
    await page.evaluate(`window.seen = new Set(); new MutationObserver(() => {
      window.seen.add([...document.querySelectorAll("main h2")].map((title) => title.textContent).join());
    }).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });`);
    await page.keyboard.press(" ");
    await page.keyboard.press("f");
    await page.locator("dialog input:focus").fill("abc");
    const again = page.waitForResponse((response) => response.url().endsWith("/api/search"));
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText("1 image: fine class abc").waitFor();
    await again;
    await page.locator(".cell.cursor").first().getByText("abc").waitFor();
    expect(await page.evaluate("[...window.seen].filter((titles) => !titles.includes('The fine class'))")).toEqual([
      "Trained,Before training",
    ]);
    expect([await outlined(), await page.evaluate("document.querySelector('.grid').scrollTop")]).toEqual([id, top]);
    expect(await hasFocus()).toBe(true);
    expect(open.problems).toEqual([]);
  });

  it("shows the newest state, however late an older one comes", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    let late: Promise<void> | undefined;
    await page.route("**/api/columns*", async (route) => {
      const response = await route.fetch();
      const isFirst = late === undefined;
      late ??= new Promise((resolve) => setTimeout(resolve, 2500));
      if (isFirst) await late;
      await route.fulfill({ response });
    });
    await page.getByRole("listbox").focus();
    for (const key of [" ", "d"]) await page.keyboard.press(key);
    await expect.poll(() => late !== undefined).toBe(true);
    for (const key of ["Escape", "ArrowRight", " ", "d"]) await page.keyboard.press(key);
    await page.getByRole("heading", { name: "238 images" }).waitFor();
    await late;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await page.locator("main h2").textContent()).toBe("238 images");
    expect(open.problems).toEqual([]);
  });

  it("leaves chosen what was chosen while an action was taken", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    let taken = () => {};
    const wait = new Promise<void>((resolve) => {
      taken = resolve;
    });
    await page.route("**/api/actions", async (route) => {
      await wait;
      await route.continue();
    });
    await page.getByRole("listbox").focus();
    for (const key of [" ", "d", "ArrowRight", " ", "ArrowRight", " "]) await page.keyboard.press(key);
    expect(await page.locator(".count").textContent()).toBe("3 images chosen");
    taken();
    await page.getByRole("heading", { name: "239 images" }).waitFor();
    await expect.poll(() => page.locator(".count").textContent()).toBe("2 images chosen");
    expect(
      await page.locator(chosen).evaluateAll((all) => all.map(({ ariaLabel }) => Number.parseInt(ariaLabel!, 10))),
    ).toEqual([2, 3]);
    expect(open.problems).toEqual([]);
  });

  it("takes no key while a dialog stands before the page, wherever the focus is", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await page.getByRole("listbox").focus();
    for (const key of [" ", "?"]) await page.keyboard.press(key);
    // As after a click on the text of a dialog, in some browsers.
    await page.evaluate("document.activeElement.blur()");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BODY");
    for (const key of ["d", "2"]) await page.keyboard.press(key);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.locator("main h2").textContent()).toBe("240 images");
    expect(await page.locator(".count").textContent()).toBe("1 image chosen");
    await page.keyboard.press("d");
    await page.getByRole("heading", { name: "239 images" }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("follows an address that is typed, and says what a search finds and what can be dropped", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await page.evaluate("location.hash = '#gallery=9'");
    await page.getByText("like image 9", { exact: true }).waitFor();
    await page.evaluate("location.hash = '#gallery=10'");
    await page.getByText("like image 10", { exact: true }).waitFor();
    const hint = page.getByText("A search finds images that are shown");
    expect(await hint.count()).toBe(0);
    await page.getByLabel("state", { exact: true }).selectOption("dropped");
    await hint.waitFor();
    const isPrevented = await page.evaluate(`(() => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["x"], "a.txt", { type: "text/plain" }));
      const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(drop);
      return drop.defaultPrevented;
    })()`);
    expect(isPrevented).toBe(true);
    await page.getByRole("status").getByText("That is no picture").waitFor();
    expect(open.problems).toEqual([]);
  });
});
