import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { editCollection, openCollection } from "../../src/collection/index.ts";
import { SOFTWARE_GL } from "../browser/serve-plot.ts";
import { hasBrowser, heapsCollection, type OpenPage, openStudioPage } from "./open-page.ts";

const WITHOUT_GL = ["--disable-gpu", "--disable-software-rasterizer"];
const ROWS = 240;
/** Steps of the cross-hair from the middle; so far out that every image is nearer. */
const STEPS = 3;

describe.skipIf(!hasBrowser)("the page of the map", () => {
  let folder: string;
  let open: OpenPage;
  beforeEach(async () => {
    folder = await heapsCollection(ROWS);
  });
  afterEach(() => open.close());

  async function openMap(options: Parameters<typeof openStudioPage>[1]) {
    open = await openStudioPage(folder, options);
    const { page } = open;
    await open.turnTo("Map");
    const map = page.getByRole("application", { name: "Map of the images" });
    await map.waitFor({ timeout: 60_000 });
    // As Tab goes.
    for (let i = 0; i < 40 && (await page.locator('[role="application"]:focus').count()) === 0; i++) {
      await page.keyboard.press("Tab");
    }
    for (let i = 0; i < 4; i++) await page.keyboard.press("-");
    return page;
  }
  const isDrawnByGl = () => open.page.evaluate("!!document.createElement('canvas').getContext('webgl2')");
  const press = async (key: string, times: number) => {
    for (let i = 0; i < times; i++) await open.page.keyboard.press(`Shift+${key}`);
  };
  /** A lasso by keys around what is on one side of the middle. */
  async function encircle(side: "Left" | "Right", between?: () => Promise<unknown>) {
    const { page } = open;
    await page.keyboard.press("l");
    await press("ArrowUp", STEPS);
    await page.keyboard.press("Enter");
    await between?.();
    await press("ArrowDown", 2 * STEPS);
    await page.keyboard.press("Enter");
    await press(`Arrow${side}`, STEPS);
    await page.keyboard.press("Enter");
    await press("ArrowUp", 2 * STEPS);
    await page.keyboard.press("Enter");
    await page.keyboard.press("l");
    await page.locator(".map-said").getByText("in the lasso").waitFor();
    return Number((await page.locator(".map-said").textContent())!.split(" ")[0]);
  }
  const idsOf = async (fine: string) => {
    const { rows } = await openCollection(folder);
    return [...rows.ids].filter((_, row) => rows.fine.names[rows.fine.numbers[row]!] === fine);
  };

  /** Encircles one side, relabels it, and takes that back. */
  async function relabelled(side: "Left" | "Right"): Promise<number[]> {
    const { page } = open;
    const count = await encircle(side);
    await page.getByRole("heading", { name: `${count} chosen` }).waitFor();
    await page.keyboard.press("f");
    await page.locator("dialog input:focus").waitFor();
    await page.keyboard.type(`the ${side}`);
    await page.keyboard.press("Enter");
    await page.getByRole("status").getByText(`${count} images: fine class the ${side}`).waitFor();
    const ids = await idsOf(`the ${side}`);
    expect(ids.length).toBe(count);
    await page.keyboard.press("z");
    await page.getByRole("status").getByText("Undone").waitFor();
    expect(await idsOf(`the ${side}`)).toEqual([]);
    return ids;
  }

  it.each(["light", "dark"] as const)("has no serious finding of axe, and no error, in %s", async (colorScheme) => {
    const page = await openMap({ colorScheme, flags: SOFTWARE_GL });
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("l");
    expect(await open.findings()).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await encircle("Left")).toBeGreaterThan(0);
    await page.locator(".map-chosen img").first().waitFor();
    expect(await open.findings()).toEqual([]);
    await page.getByLabel("colour", { exact: true }).selectOption("confidence");
    await page.getByRole("heading", { name: `${ROWS} images by confidence` }).waitFor();
    expect(await open.findings()).toEqual([]);
    expect(open.problems).toEqual([]);
  });

  it("is the same lists and actions with WebGL2 and without", async () => {
    const sides: Record<string, number[]>[] = [];
    for (const flags of [SOFTWARE_GL, WITHOUT_GL]) {
      if (sides.length > 0) await open.close();
      await openMap({ flags });
      expect(await isDrawnByGl()).toBe(flags === SOFTWARE_GL);
      sides.push({ left: await relabelled("Left"), right: await relabelled("Right") });
      expect(open.problems).toEqual([]);
    }
    const [first, second] = sides;
    expect(second).toEqual(first);
    const { left, right } = first!;
    expect([...left!, ...right!].sort((a, b) => a - b)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
    expect(Math.min(left!.length, right!.length)).toBeGreaterThan(0);
  });

  it("keeps the lasso and its cross-hair at their images where it gets another size", async () => {
    const page = await openMap({ flags: WITHOUT_GL });
    const count = await encircle("Right");
    expect(count).toBeGreaterThan(0);
    const width = () => page.locator(".map-plot").evaluate((box) => box.clientWidth);
    const before = await width();
    const narrower = async () => {
      await page.setViewportSize({ width: 1000, height: 700 });
      await expect.poll(width).toBeLessThan(before);
      // Until it is drawn so.
      await expect
        .poll(() => page.locator(".map-layer.overlay").evaluate((layer) => layer.clientWidth))
        .toBe(await width());
    };
    expect(await encircle("Right", narrower)).toBe(count);
    expect(open.problems).toEqual([]);
  });

  it("has a point for each image that comes back, where the map was made without it", async () => {
    const editor = await editCollection(folder);
    await editor.apply({ action: "drop", ids: [1, 2, 3, 4, 5] });
    await editor.close();
    const page = await openMap({ flags: SOFTWARE_GL });
    const moved = page.waitForResponse("**/api/map/places?*", { timeout: 60_000 });
    await page.keyboard.press("z");
    await page.getByRole("status").getByText("Undone").waitFor();
    const body = await (await moved).body();
    const places = new Float32Array(new Uint8Array(body).buffer);
    expect([places.length, places.filter((place) => Number.isNaN(place)).length]).toEqual([2 * ROWS, 0]);
    expect(open.problems).toEqual([]);
  });

  it("says why there is none, and tries again", async () => {
    const parts = join(folder, "parts");
    const file = join(parts, readdirSync(parts)[0]!, "vectors.npy");
    const bytes = readFileSync(file);
    writeFileSync(file, "none");
    open = await openStudioPage(folder);
    const { page } = open;
    await open.turnTo("Map");
    await page.getByText(/The map could not be made: .*vectors\.npy/).waitFor();
    writeFileSync(file, bytes);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("application", { name: "Map of the images" }).waitFor({ timeout: 60_000 });
  });

  it("lists its keys in the help", async () => {
    const page = await openMap({ flags: SOFTWARE_GL });
    await page.keyboard.press("?");
    for (const does of ["move the map, with Shift further", "see all", "leave the lasso, or choose nothing"]) {
      await page.getByRole("dialog").getByText(does, { exact: true }).waitFor();
    }
    await page.keyboard.press("Escape");
    await open.turnTo("Gallery");
    await page.locator(".cell").first().waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByText("undo", { exact: true }).waitFor();
    expect(await page.getByRole("dialog").getByText("see all", { exact: true }).count()).toBe(0);
  });
});
