import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

const PATH = "**/api/groups/propose";
const running = { isRunning: true, done: 0, total: 3, error: null, version: 0 };
const failed = { isRunning: false, done: 1, total: 3, error: "the vectors are damaged", version: 0 };

describe.skipIf(!hasBrowser)("a search for groups that takes a while", () => {
  let open: OpenPage;
  let asks: number;
  let isOver: boolean;
  beforeEach(async () => {
    open = await openStudioPage(await heapsCollection(60));
    [asks, isOver] = [0, false];
    await open.page.route(PATH, (route) => {
      if (route.request().method() === "GET") asks++;
      return route.fulfill({ json: isOver ? failed : running });
    });
  });
  afterEach(() => open.close());
  const visit = async () => {
    await open.turnTo("Gallery");
    await open.page.locator(".cell").first().waitFor();
    await open.turnTo("Groups");
    await open.page.getByRole("progressbar", { name: "Groups" }).waitFor();
  };
  const said = () => open.page.getByRole("status").textContent();

  it("says that it failed to who came back while it ran, and to who comes back later, once", async () => {
    await visit();
    isOver = true;
    await expect.poll(said).toBe(failed.error);
    isOver = false;
    await visit();
    await open.turnTo("Review");
    isOver = true;
    await open.page.keyboard.press("z");
    await expect.poll(said).toBe("There is nothing to undo.");
    await open.turnTo("Groups");
    await expect.poll(said).toBe(failed.error);
    // What was said goes with its page.
    await open.turnTo("Gallery");
    await expect.poll(said).toBe("");
    await open.turnTo("Groups");
    await open.page.getByRole("button", { name: "Propose groups here" }).waitFor();
    await open.page.waitForTimeout(500);
    expect(await said()).toBe("");
    expect(open.problems).toEqual([]);
  });

  it("is asked for by one page at a time, and by none that is not shown", async () => {
    for (let i = 0; i < 5; i++) await visit();
    asks = 0;
    const from = Date.now();
    await open.page.waitForTimeout(2000);
    await expect.poll(() => asks).toBeGreaterThan(1);
    // Six in two seconds, however many pages there were; a busy machine takes longer.
    expect(asks).toBeLessThan((6 * (Date.now() - from)) / 2000);
    await open.turnTo("Gallery");
    await open.page.locator(".cell").first().waitFor();
    asks = 0;
    await open.page.waitForTimeout(1500);
    expect(asks).toBe(0);
  });

  it("is not begun while another one is, which is said and followed", async () => {
    isOver = true;
    // An answer that comes after `isOver` changes would take the button away.
    await Promise.all([open.page.waitForResponse(PATH), open.turnTo("Groups")]);
    await open.page.getByRole("button", { name: "Propose groups here" }).waitFor();
    const error = { code: "busy", message: "one that runs" };
    await open.page.route(PATH, (route) =>
      route.request().method() === "POST" ? route.fulfill({ status: 409, json: { error } }) : route.fallback(),
    );
    isOver = false;
    await open.page.getByRole("button", { name: "Propose groups here" }).click();
    await expect.poll(said).toBe(error.message);
    await open.page.getByRole("progressbar", { name: "Groups" }).waitFor();
    isOver = true;
    await expect.poll(said).toBe(failed.error);
  });
});
