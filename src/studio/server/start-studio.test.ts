import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { sampleRows, unitRows, writeSample } from "../../../test/collection-samples.ts";
import { PAGE_FILES, writePageFiles } from "../../../test/page-files.ts";
import { editCollection, openCollection } from "../../collection/index.ts";
import type { Listening } from "../../http/index.ts";
import { openSearch } from "../../search/index.ts";
import { columnNames } from "../protocol.ts";
import { type StudioOptions, startStudio } from "./start-studio.ts";

const ROWS = 300;

describe("the Studio's server", () => {
  let root: string;
  let folder: string;
  const open: Listening[] = [];

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "maskcon-studio-"));
    writePageFiles(root);
    folder = join(root, "collection");
    await writeSample(folder, [sampleRows(1, 200), sampleRows(201, ROWS)], { vectors: unitRows(ROWS, 8, 4) });
  });
  afterEach(async () => {
    for (const server of open.splice(0)) await server.close(0);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  async function start({ collection = folder, ...more }: Partial<StudioOptions> & { collection?: string } = {}) {
    const server = await startStudio(collection, {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
      ...more,
    });
    open.push(server);
    const ask = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, { redirect: "manual", ...init });
    const post = async (path: string, body: unknown) => {
      const response = await ask(path, { method: "POST", body: JSON.stringify(body) });
      return { status: response.status, value: JSON.parse(await response.text()) };
    };
    const columns = async () => {
      const all = new Int32Array(await (await ask("/api/columns")).arrayBuffer());
      const length = all.length / columnNames.length;
      return Object.fromEntries(columnNames.map((name, i) => [name, [...all.subarray(i * length, (i + 1) * length)]]));
    };
    return { server, ask, post, columns };
  }

  it("gives the page, its parts and nothing else", async () => {
    const { ask } = await start();
    for (const name of PAGE_FILES) {
      const response = await ask(`/${name === "index.html" ? "" : name}`);
      expect([response.status, await response.text()]).toEqual([200, name]);
      expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'self';/);
    }
    const tag = (await ask("/studio.js")).headers.get("etag")!;
    expect((await ask("/studio.js", { headers: { "if-none-match": tag } })).status).toBe(304);
    for (const path of ["/page", "/index.html", "/..%2fcollection.json", "/thumbnails/..%2f..%2fcollection.json"]) {
      expect((await ask(path)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it("gives the rows by column, and they follow every action", async () => {
    const { post, ask, columns } = await start();
    const before = await columns();
    const { rows } = await openCollection(folder);
    expect(before).toEqual({
      ...{ ids: [...rows.ids], coarse: [...rows.coarse.numbers], fine: [...rows.fine.numbers] },
      ...{ split: [...rows.split.numbers], status: [...rows.status] },
      ...{ group: [...rows.groups.of], confidence: Array(ROWS).fill(-1) },
    });
    const ids = [3, 5, 250];
    const { version } = JSON.parse(await (await ask("/api/state")).text());
    const { value } = await post("/api/actions", { action: "relabel", ids, coarse: "new class" });
    expect(value).toMatchObject({
      undoable: "3 images given the coarse class new class",
      version: version + 1,
    });
    expect(value.coarse).toContain("new class");
    const number = value.coarse.indexOf("new class");
    const after = await columns();
    for (const id of ids) expect(after.coarse![before.ids!.indexOf(id)]).toBe(number);
    await post("/api/actions", { action: "drop", ids: [7] });
    expect((await columns()).status![before.ids!.indexOf(7)]).toBe(1);
    for (let i = 0; i < 2; i++) expect((await post("/api/undo", {})).status).toBe(200);
    expect(await columns()).toEqual(before);
    expect((await post("/api/redo", {})).value).toMatchObject({ redoable: "1 image taken out" });
    const { actions, more } = JSON.parse(await (await ask("/api/actions")).text());
    expect(more).toBe(false);
    expect(actions.map(({ text, isUndone }: { text: string; isUndone: boolean }) => [text, isUndone])).toEqual([
      ["1 image taken out", true],
      ["3 images given the coarse class new class", false],
    ]);
    await post("/api/undo", {});
    expect(await (await ask("/api/images/250")).json()).toMatchObject({ id: 250, coarse: "coarse 1", status: "live" });
  });

  it("has another version each time that it begins: what a page holds may be old", async () => {
    const versions: number[] = [];
    for (let i = 0; i < 2; i++) {
      const { ask } = await start();
      versions.push(JSON.parse(await (await ask("/api/state")).text()).version);
      await open.pop()!.close(0);
    }
    expect(versions[1]).toBeGreaterThan(versions[0]!);
  });

  it("has a browser ask whether a thumbnail is still the one, and knows those of another collection", async () => {
    const others = ["one", "other"].map((name) => join(root, name));
    for (const path of others) {
      await writeSample(path, [sampleRows(1, 3)]);
      mkdirSync(join(path, "sheets"));
      await sharp({ create: { width: 1536, height: 1536, channels: 4, background: "#123" } }).toFile(
        join(path, "sheets", "000001.webp"),
      );
    }
    let key = "";
    const asked = async (path: string, tag = "", query = "") => {
      const { ask } = await start({ collection: path });
      key = JSON.parse(await (await ask("/api/state")).text()).key;
      const answer = await ask(`/thumbnails/1${query}`, { headers: { "if-none-match": tag } });
      await open.pop()!.close(0);
      return { status: answer.status, tag: answer.headers.get("etag")!, cache: answer.headers.get("cache-control") };
    };
    const { tag, ...first } = await asked(others[0]!);
    expect(first).toEqual({ status: 200, cache: "private, no-cache" });
    expect(await asked(others[0]!, tag)).toMatchObject({ status: 304, tag });
    // Under an address that names the collection it is the one for good; a wrong name is as none.
    const forGood = { status: 200, cache: "private, max-age=31536000, immutable" };
    expect(await asked(others[0]!, "", `?of=${key}`)).toMatchObject(forGood);
    expect(await asked(others[1]!, tag, `?of=${key}`)).toMatchObject(first);
  });

  it("finds what the library finds", async () => {
    const { post } = await start();
    const search = openSearch(await openCollection(folder), { threads: 1 });
    for (const where of [{}, { coarse: ["coarse 1"], split: ["test"] }]) {
      const { value } = await post("/api/search", { id: 9, by: "trained", count: 12, where });
      const found = await search.find({ id: 9 }, { count: 12, where });
      expect(value).toEqual(found.map(({ id, score }) => ({ id, score })));
    }
    await search.close();
  });

  it("is the only writer while it runs", async () => {
    await start();
    await expect(editCollection(folder)).rejects.toMatchObject({ code: "busy" });
    await open.pop()!.close(0);
    await (await editCollection(folder)).close();
  });

  it.each([
    ["/api/actions", { action: "relabel", ids: [1] }, "a class, coarse or fine"],
    ["/api/actions", { action: "relabel", ids: [9999], coarse: "a" }, "found 9999"],
    ["/api/actions", { action: "explode", ids: [1] }, "an action of the journal"],
    ["/api/actions", { action: "drop", ids: "1; rm" }, "an action of the journal"],
    ["/api/actions", { action: "drop" }, "an action of the journal"],
    ["/api/actions", { action: "drop", ids: [1.5] }, "an action of the journal"],
    ["/api/actions", { action: "undo", of: 1 }, "an action of the journal"],
    ["/api/actions", { action: "propose", proposal: "000001" }, "an action of the journal"],
    ["/api/actions", { action: "name", group: 99, name: "a" }, "found 99"],
    ["/api/actions", { action: "merge", groups: [1, 2] }, "found 1"],
    ["/api/actions", { action: "split", group: 1, parts: [[1], [2]] }, "found 1"],
    ["/api/actions", { action: "assign", ids: [1, 2], group: "new" }, "coarse class"],
    ["/api/actions", [], "an action of the journal"],
    ["/api/search", { id: 1, by: "trained", count: 1e9, where: {} }, "count"],
    ["/api/search", { id: 0, by: "trained", count: 1, where: {} }, "found 0"],
    ["/api/search/picture?by=trained&count=3&where={", {}, "where"],
  ])("refuses %s %j in one line, and nothing changes", async (path, body, line) => {
    const { post, columns } = await start();
    const before = await columns();
    const { status, value } = await post(path, body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(value.error.message).toContain(line);
    expect(value.error.message).not.toContain("\n");
    expect(await columns()).toEqual(before);
  });

  it("signs a browser in once, by its address, where a token is asked for", async () => {
    const { ask } = await start({ token: "s3cret" });
    expect((await ask("/")).status).toBe(401);
    expect((await ask("/?token=other")).status).toBe(401);
    expect((await ask("/api/state", { headers: { cookie: "maskcon_token=other" } })).status).toBe(401);
    const entered = await ask("/?token=s3cret");
    expect([entered.status, entered.headers.get("location")]).toEqual([303, "/"]);
    const cookie = entered.headers.get("set-cookie")!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await ask("/api/state", { headers: { cookie: cookie.split(";")[0]! } })).status).toBe(200);
    expect((await ask("/api/state", { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
  });

  it("is asked by its own page alone", async () => {
    const { ask } = await start();
    const post = { method: "POST", body: JSON.stringify({ action: "drop", ids: [1] }) };
    for (const headers of [{ origin: "http://evil.test" }, { "sec-fetch-site": "cross-site" }]) {
      expect((await ask("/api/actions", { ...post, headers })).status).toBe(403);
    }
    expect((await openCollection(folder)).rows.status[0]).toBe(0);
  });

  it("does not begin off loopback without a token, nor without its page", async () => {
    await expect(start({ host: "0.0.0.0" })).rejects.toMatchObject({ code: "usage" });
    await expect(start({ page: join(root, "nowhere") })).rejects.toThrow(/no index.html; run npm run build/);
    await (await editCollection(folder)).close();
  });
});
