import { afterEach, describe, expect, it } from "vitest";
import { openCollection } from "../../src/collection/index.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

describe.skipIf(!hasBrowser)("the groups", () => {
  let open: OpenPage;
  afterEach(() => open.close());

  it.each(["light", "dark"] as const)(
    "are proposed, named, merged and split by keyboard alone, in %s",
    async (colorScheme) => {
      const folder = await heapsCollection();
      open = await openStudioPage(folder, { colorScheme });
      const { page } = open;
      const status = page.getByRole("status");
      const groups = async () => (await openCollection(folder)).rows.groups.list;
      await open.turnTo("Groups");
      await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
      await page.getByRole("button", { name: "Propose groups here" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
      expect((await groups()).map(({ coarse, size }) => [coarse, size])).toEqual([
        ["coarse 1", 40],
        ["coarse 1", 40],
      ]);
      const collection = await openCollection(folder);
      expect(collection.rows.groups.proposals.map((name) => collection.proposal(name).by)).toEqual(["frozen"]);
      expect(await open.findings()).toEqual([]);

      const [first, second] = (await groups()).map(({ id }) => id);
      await page
        .getByRole("button", { name: `Group ${first}`, exact: false })
        .first()
        .focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: `Group ${first}: 40 images` }).waitFor();
      await page.keyboard.press("n");
      await page.locator("dialog input:focus").waitFor();
      await page.keyboard.type("ravens");
      await page.keyboard.press("Enter");
      await status.getByText(`Group ${first} is ravens`).waitFor();
      await page.getByRole("heading", { name: "ravens: 40 images" }).waitFor();

      await page.keyboard.press("p");
      await status.getByText("Pair 1 of 1").waitFor();
      expect(await page.getByRole("listbox").count()).toBe(2);
      await page.keyboard.press("g");
      await page.getByRole("heading", { name: "1 group in coarse 1" }).waitFor();
      expect((await groups()).map(({ name, size }) => [name, size])).toEqual([["ravens", 80]]);

      const [merged] = await groups();
      expect(merged!.id).toBeGreaterThan(second!);
      await page.getByRole("button", { name: "ravens" }).focus();
      await page.keyboard.press("Enter");
      await page.keyboard.press("k");
      await page.getByRole("button", { name: "Split into 2", disabled: false }).waitFor();
      expect((await page.getByRole("dialog").boundingBox())!.width).toBeGreaterThan(0.85 * 1280);
      // Two parts of 40 images: more of each than there were in one row.
      await expect.poll(() => page.locator("dialog .parts img").count()).toBeGreaterThan(40);
      expect(await open.findings()).toEqual([]);
      await page.getByRole("button", { name: "Split into 2" }).focus();
      await page.keyboard.press("Enter");
      await status.getByText("is 2 groups").waitFor();
      expect((await groups()).map(({ size }) => size)).toEqual([40, 40]);

      // A box that was just checked has the focus.
      for (const { id } of await groups()) await page.getByLabel(`Mark Group ${id}`).check();
      await page.keyboard.press("g");
      await page.getByRole("heading", { name: "1 group in coarse 1" }).waitFor();
      await page.keyboard.press("z");
      await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
      await page.keyboard.press("z");
      await status.getByText("Undone").waitFor();
      expect((await groups()).map(({ name, size }) => [name, size])).toEqual([["ravens", 80]]);
      expect(open.problems).toEqual([]);
    },
  );

  it("that an action made are what the next key is for", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const status = page.getByRole("status");
    const answer = async (title: string, text: string) => {
      await page.getByRole("dialog", { name: title }).locator("input:focus").fill(text);
      await page.keyboard.press("Enter");
    };
    await open.turnTo("Groups");
    await page.getByRole("button", { name: "Propose groups here" }).click();
    await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
    const ids = (await openCollection(folder)).rows.groups.list.map(({ id }) => id);
    for (const [id, name] of [
      [ids[0], "ravens"],
      [ids[1], "crows"],
    ]) {
      await page.getByRole("button", { name: `Group ${id} ` }).click();
      await page.keyboard.press("n");
      await answer(`Name Group ${id}`, `${name}`);
      await status.getByText(`is ${name}`).waitFor();
    }
    // Two names: which one is meant is asked.
    await page.keyboard.press("p");
    await status.getByText("Pair 1 of 1").waitFor();
    await page.keyboard.press("g");
    await answer("Merge ravens and crows", "corvids");
    await page.getByRole("heading", { name: "corvids: 80 images" }).waitFor();
    await page.keyboard.press("n");
    await answer("Name corvids", "Corvids");

    await page.getByRole("heading", { name: "Corvids: 80 images" }).waitFor();
    await page.keyboard.press("k");
    await page.getByRole("button", { name: "Split into 2", disabled: false }).waitFor();
    await page.getByRole("slider").focus();
    await page.keyboard.press("Enter");
    await status.getByText("Corvids is 2 groups, without a name").waitFor();
    const lists = page.getByRole("listbox");
    await expect.poll(() => lists.count()).toBe(2);
    await page.keyboard.press("k");
    await status.getByText("2 groups are marked: Escape leaves one, g merges them.").waitFor();
    await lists.first().focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("a");
    await answer("Put 1 image into a group", "an odd one");
    await status.getByText("1 image is in an odd one").waitFor();
    expect(await lists.count()).toBe(2);
    await page.keyboard.press("g");
    await page.getByRole("heading", { name: /^Group \d+: 79 images/ }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("are gone through by keys alone, and the address says which is shown", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page, url } = open;
    const status = page.getByRole("status");
    const heading = (name: RegExp | string) => page.getByRole("heading", { name }).waitFor();
    await open.turnTo("Groups");
    await page.getByRole("button", { name: "Propose groups here" }).click();
    await heading("2 groups in coarse 1");
    const ids = (await openCollection(folder)).rows.groups.list.map(({ id }) => id);
    // The largest group, not those that are in none.
    await heading(`Group ${ids[0]}: 40 images`);
    await page.keyboard.press("j");
    await heading(`Group ${ids[1]}: 40 images`);
    expect(await page.evaluate("location.hash")).toBe(`#groups=${encodeURIComponent(`coarse 1/${ids[1]}`)}`);
    await page.reload();
    await heading(`Group ${ids[1]}: 40 images`);
    await page.keyboard.press("j");
    await heading("Not sure: 0 images");
    await page.keyboard.press("m");
    await status.getByText("Images that are not sure are no group.").waitFor();
    await page.keyboard.press("J");
    await heading(`Group ${ids[1]}: 40 images`);

    // The pictures have the focus: choose two, and give them to a group by another spelling.
    await page.keyboard.press("n");
    await page.locator("dialog input:focus").fill("Ravens");
    await page.keyboard.press("Enter");
    await heading("Ravens: 40 images");
    // No further than the first, which is not the last.
    for (const key of ["j", "J", "J", "J"]) await page.keyboard.press(key);
    await heading(`Group ${ids[0]}: 40 images`);
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+ArrowRight");
    await page.getByText("2 images chosen").waitFor();
    // Who is on the way through the groups keeps them, and Enter does not lead away.
    for (const key of ["j", "J", "Enter"]) await page.keyboard.press(key);
    await status.getByText("Images are chosen").waitFor();
    await page.keyboard.press("a");
    await page.locator("dialog input:focus").fill("ravens");
    await page.keyboard.press("Enter");
    await status.getByText("2 images are in Ravens.").waitFor();
    expect((await openCollection(folder)).rows.groups.list.map(({ size }) => size)).toEqual([38, 42]);
    await page.keyboard.press("z");
    await status.getByText("Undone: 2 images put into Ravens.").waitFor();
    await page.keyboard.press("Z");
    await status.getByText("Done again: 2 images put into Ravens.").waitFor();
    // The last one is where the next images go, unless another is said; "not sure" is no new group.
    await page.keyboard.press(" ");
    await page.keyboard.press("a");
    expect(await page.locator("dialog input:focus").inputValue()).toBe("Ravens");
    await page.keyboard.type("not sure ");
    await page.keyboard.press("Enter");
    await status.getByText("1 image is in no group.").waitFor();

    // Both marked: side by side; Escape leaves the images that are chosen first.
    for (const key of ["m", "j", "m"]) await page.keyboard.press(key);
    const lists = page.getByRole("listbox");
    await expect.poll(() => lists.count()).toBe(2);
    await page.keyboard.press("Escape");
    await expect.poll(() => lists.count()).toBe(1);
    await page.keyboard.press("P");
    await status.getByText("Pair 1 of 1").waitFor();

    await page.keyboard.press("c");
    await heading("0 groups in coarse 2");
    await page.keyboard.press("C");
    await page.keyboard.press("C");
    await heading("0 groups in coarse 0");
    await page.keyboard.press("?");
    await page.getByText("in a grid: choose the image with the cursor").waitFor();
    expect(await page.getByText("in a grid: choose all; Escape: none").count()).toBe(1);
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });

    // What somebody else did is seen after the first action that fails by it.
    await page.keyboard.press("c");
    await heading("2 groups in coarse 1");
    const act = async (body: object) => {
      const headers = { "Content-Type": "application/json" };
      expect((await fetch(`${url}/api/actions`, { method: "POST", headers, body: JSON.stringify(body) })).ok).toBe(
        true,
      );
    };
    await act({ action: "name", group: ids[1], name: "crows" });
    await page.keyboard.press("z");
    await status.getByText(`Undone: group ${ids[1]} named crows.`).waitFor();
    await act({ action: "merge", groups: ids });
    await page.keyboard.press("n");
    await page.locator("dialog input:focus").fill("rooks");
    await page.keyboard.press("Enter");
    await status.getByText("expected a group of the collection").waitFor();
    await heading("1 group in coarse 1");
    await heading("Ravens: 79 images");
    await act({ action: "name", group: ids[1]! + 1, name: "rooks" });
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await heading("rooks: 79 images");
    expect(open.problems.filter((line) => !line.includes("400"))).toEqual([]);
  });

  it("that are side by side: the list and the focus say the same group", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page, url } = open;
    const headers = { "Content-Type": "application/json" };
    for (const [place, name] of ["rooks", "crows", "jays"].entries()) {
      const ids = Array.from({ length: 6 - place }, (_, i) => 1 + 3 * (10 * place + i));
      const body = JSON.stringify({ action: "assign", ids, group: "new", name });
      expect((await fetch(`${url}/api/actions`, { method: "POST", headers, body })).ok).toBe(true);
    }
    await open.turnTo("Groups");
    await page.evaluate("dispatchEvent(new Event('focus'))");
    await page.getByRole("heading", { name: "3 groups in coarse 1" }).waitFor();
    const current = async () => (await page.locator(".groups li.current button").textContent())!.replace(/\d.*/, "");
    const focused = () => page.evaluate("document.activeElement.ariaLabel");
    const agree = async (name: string, lists: number) => {
      await expect.poll(() => page.getByRole("listbox").count()).toBe(lists);
      await expect.poll(async () => [await current(), await focused()]).toEqual([name, name]);
    };
    await agree("rooks", 1);
    for (const key of ["m", "j", "m"]) await page.keyboard.press(key);
    await agree("crows", 2);
    for (const key of ["j", "m"]) await page.keyboard.press(key);
    await agree("jays", 3);
    await page.keyboard.press("J");
    await agree("crows", 3);
    await page.getByRole("listbox", { name: "rooks" }).focus();
    await agree("rooks", 3);
    // Out of those that are side by side the list goes on alone.
    for (const key of ["j", "j", "j"]) await page.keyboard.press(key);
    await expect.poll(current).toBe("Not sure");
    expect(open.problems).toEqual([]);
  });

  it("are proposed for images without a coarse class, too", async () => {
    const folder = await heapsCollection(240, { unlabelled: "coarse 2" });
    open = await openStudioPage(folder);
    const { page } = open;
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    await page.keyboard.press("C");
    await page.getByRole("heading", { name: "0 groups in no class" }).waitFor();
    await page.getByRole("button", { name: "Propose groups here" }).click();
    await page.getByRole("heading", { name: "2 groups in no class" }).waitFor();
    expect((await openCollection(folder)).rows.groups.list.map(({ coarse }) => coarse)).toEqual([null, null]);
    expect(open.problems).toEqual([]);
  });

  it("are taken home as folders, from the page", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page, url } = open;
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    await page.keyboard.press("e");
    expect(await open.findings()).toEqual([]);
    await page.getByLabel("New folder beside the collection").fill("../elsewhere");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("name of a new folder, without a path").waitFor();
    await page.getByLabel("New folder beside the collection").waitFor();
    const csv = await (await fetch(`${url}/api/export/groups.csv`)).text();
    expect(csv.split("\n").slice(0, 2)).toEqual(["id,path,coarse,group,name,confidence", '1,"1/1.png","coarse 1",,,']);
    expect(csv.trimEnd().split("\n").length).toBe(241);
    // The refusal is a line of the page, and Chromium's own.
    expect(open.problems.filter((line) => !line.includes("400"))).toEqual([]);
  });

  it("take images that are put into them, and give them back", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const status = page.getByRole("status");
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "Not sure: 80 images" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press(" ");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("a");
    await page.locator("dialog input:focus").waitFor();
    await page.keyboard.type("<b>=crows</b>");
    await page.keyboard.press("Enter");
    await status.getByText("2 images are in <b>=crows</b>").waitFor();
    const { rows } = await openCollection(folder);
    expect(rows.groups.list.map(({ name, size }) => [name, size])).toEqual([["<b>=crows</b>", 2]]);
    const row = rows.groups.of.findIndex((group) => group > 0);
    const details = await fetch(`${open.url}/api/images/${rows.ids[row]}`);
    expect(await details.json()).toMatchObject({ group: "<b>=crows</b>" });
    await page.getByRole("heading", { name: "Not sure: 78 images" }).waitFor();
    await page.getByRole("button", { name: "<b>=crows</b>" }).click();
    await page.getByRole("heading", { name: "<b>=crows</b>: 2 images" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press("Control+a");
    await page.keyboard.press("x");
    // It has a name: it stays, empty.
    await page.getByRole("heading", { name: "<b>=crows</b>: 0 images" }).waitFor();
    await page.getByRole("button", { name: "Not sure 80 images" }).waitFor();
    expect(open.problems).toEqual([]);
  });

  it("are compared when a pair is asked for, and no pair of another class is shown", async () => {
    const folder = await heapsCollection();
    open = await openStudioPage(folder);
    const { page } = open;
    const status = page.getByRole("status");
    const lists = page.getByRole("listbox");
    let asked = 0;
    let answer = () => {};
    await page.route("**/api/groups/pairs*", async (route) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
        asked++;
      });
      await route.continue();
    });
    await open.turnTo("Groups");
    await page.getByRole("button", { name: "In every class" }).click();
    await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "2 groups in coarse 2" }).waitFor();
    expect(asked).toBe(0);
    for (const key of ["p", "p"]) await page.keyboard.press(key);
    await status.getByText("Comparing the groups of coarse 2 …").waitFor();
    await expect.poll(() => asked).toBe(1);
    answer();
    await status.getByText("Pair 1 of 1").waitFor();
    expect(await lists.count()).toBe(2);
    expect(asked).toBe(1);
    for (const key of ["c", "p", "C"]) await page.keyboard.press(key);
    await page.getByRole("heading", { name: "2 groups in coarse 2" }).waitFor();
    await expect.poll(() => asked).toBe(2);
    await Promise.all([page.waitForResponse("**/api/groups/pairs*"), answer()]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await lists.count()).toBe(1);
    expect(await status.textContent()).not.toContain("Pair");
    expect(open.problems).toEqual([]);
  });

  it("are those of the address, also where it is typed on the page", async () => {
    open = await openStudioPage(await heapsCollection());
    const { page } = open;
    await open.turnTo("Groups");
    await page.getByRole("heading", { name: "0 groups in coarse 1" }).waitFor();
    await page.getByRole("button", { name: "In every class" }).click();
    await page.getByRole("heading", { name: "2 groups in coarse 1" }).waitFor();
    await page.getByRole("listbox").focus();
    await page.keyboard.press(" ");
    await page.getByText("1 image chosen").waitFor();
    await page.evaluate("location.hash = '#groups=' + encodeURIComponent('coarse 2/none')");
    await page.getByRole("heading", { name: "2 groups in coarse 2" }).waitFor();
    await page.getByRole("heading", { name: "Not sure: 0 images" }).waitFor();
    // Images of another class are not chosen unseen.
    await page.getByText("none chosen").waitFor();
    expect(await page.evaluate("decodeURIComponent(location.hash)")).toBe("#groups=coarse 2/none");
    expect(open.problems).toEqual([]);
  });
});
