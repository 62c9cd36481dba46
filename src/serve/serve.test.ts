import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from "vitest";
import { trainAndCollect } from "../../test/collected.ts";
import { sampleRows, unitRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection, openCollection } from "../collection/index.ts";
import type { Listening } from "../http/index.ts";
import { openSearch } from "../search/index.ts";
import { answer, health, summary } from "./schemas.ts";
import { serveCollection } from "./serve.ts";

const open: Listening[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close(0);
});

async function start(folder: string, more: Partial<Parameters<typeof serveCollection>[1]> = {}) {
  const log = (line: string) => expect.fail(line);
  const server = await serveCollection(folder, {
    host: "127.0.0.1",
    port: 0,
    version: "1.2.3",
    log,
    threads: 1,
    ...more,
  });
  open.push(server);
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${server.url}${path}`, init);
    return { status: response.status, type: response.headers.get("content-type"), body: await response.arrayBuffer() };
  };
  const json = async (path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) };
    const { status, body: bytes } = await ask(path, { ...init, headers: { "content-type": "application/json" } });
    return { status, value: JSON.parse(Buffer.from(bytes).toString()) };
  };
  return { server, ask, json };
}

describe("a served collection", () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "maskcon-serve-"));
    await writeSample(folder, [sampleRows(1, 200), sampleRows(201, 300)], { vectors: unitRows(300, 8, 4) });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("finds what the library finds", async () => {
    const { json } = await start(folder);
    const collection = await openCollection(folder);
    const search = openSearch(collection, { threads: 1 });
    const vector = [...unitRows(1, 8, 9)];
    const where = { coarse: ["coarse 1"], split: ["test"] };
    for (const [asked, query, options] of [
      [{ id: 7 }, { id: 7 }, {}],
      [{ id: 7, top: 5, by: "frozen" }, { id: 7 }, { count: 5, by: "frozen" as const }],
      [{ vector, top: 12, where }, { vector: Float32Array.from(vector) }, { count: 12, where }],
    ] as const) {
      const { status, value } = await json("/v1/search", asked);
      expect(status).toBe(200);
      const { results } = answer.parse(value);
      const expected = await search.find(query, options);
      expect(results.map(({ id, score }) => ({ id, score }))).toEqual(expected.map(({ id, score }) => ({ id, score })));
      expect(results[0]).toMatchObject({ name: collection.rows.names[expected[0]!.position] });
    }
    await search.close();
  });

  it("says how it is, what it holds and what can be asked", async () => {
    const { json, ask } = await start(folder);
    expect(health.parse((await json("/v1/health")).value)).toMatchObject({ status: "ok", images: 300, rows: 300 });
    const described = summary.parse((await json("/v1/collection")).value);
    expect(described).toMatchObject({ images: 300, encoder: { method: "maskcon", trained: 8, frozen: 4 } });
    const { value } = await json("/v1/openapi.json");
    expect(value).toMatchObject({ openapi: "3.1.0", info: { version: "1.2.3" } });
    const known = [
      "/v1/health",
      "/v1/collection",
      "/v1/search",
      "/v1/search/image",
      "/v1/images/{id}/thumbnail",
      "/metrics",
    ];
    expect(Object.keys(value.paths)).toEqual(known);
    const { schema } = value.paths["/v1/search"].post.requestBody.content["application/json"];
    expect(Object.keys(schema.properties)).toEqual(["id", "vector", "by", "top", "where"]);
    expect(schema.required).toBeUndefined();
    expect(Buffer.from((await ask("/metrics")).body).toString()).toContain("maskcon_images 300\n");
  });

  it.each([
    [{}, "either id or vector"],
    [{ id: 1, vector: [1] }, "either id or vector"],
    [{ id: 0 }, "id: expected a question"],
    [{ id: 1, top: 0 }, "top: expected a question"],
    [{ id: 1, top: 1e9 }, "top: expected a question"],
    [{ id: 1, by: "other" }, "by: expected a question"],
    [{ id: 1, more: 1 }, "expected a question"],
    [{ id: 100_000 }, "id: expected an id from 1 to 300, found 100000"],
    [{ vector: [1, 2] }, "vector: expected 8 values, as the trained encoder gives, found 2"],
    [{ vector: [0, 0, 0, 0, 0, 0, 0, 0] }, "expected finite values that are not all 0"],
    [
      { id: 1, where: { coarse: ["coarse 9"] } },
      'where coarse: expected a coarse class of the collection, found "coarse 9"',
    ],
    [{ id: 1, where: { __proto__: null, constructor: ["x"] } }, "where: expected a column"],
    ['{ "id": 1, "where": { "__proto__": ["x"] } }', 'keys of the question, found the key "__proto__"'],
    ["{", "the body: expected JSON, found something else"],
    ["[]", "expected a question"],
  ])("refuses %j in one line", async (asked, line) => {
    const { json } = await start(folder);
    const { status, value } = await json("/v1/search", asked);
    expect([status, value.error.code]).toEqual([400, "usage"]);
    expect(value.error.message).toContain(line);
    expect(value.error.message).not.toContain("\n");
  });

  it("has no other paths, also not those of files", async () => {
    const { ask } = await start(folder);
    for (const path of [
      "/",
      "/v1",
      "/collection.json",
      "/v1/images/../../collection.json",
      "/v1/images/%2e%2e/thumbnail",
      "/v1/images/9999/thumbnail",
      "/v1/images/1e2/thumbnail",
    ]) {
      expect((await ask(path)).status).toBe(404);
    }
  });

  it("shows edits without a new start", async () => {
    const { json } = await start(folder);
    const before = answer.parse((await json("/v1/search", { id: 7 })).value).results[0]!.id;
    const editor = await editCollection(folder);
    await editor.apply({ action: "drop", ids: [before] });
    await expect
      .poll(async () => (await json("/v1/health")).value.images, { timeout: 20_000, interval: 300 })
      .toBe(299);
    const after = answer.parse((await json("/v1/search", { id: 7 })).value).results.map(({ id }) => id);
    expect(after).not.toContain(before);
    await editor.undo();
    await editor.close();
  });

  it("answers a thousand questions at once, each or with 503", async () => {
    const { json } = await start(folder, { limits: { running: 2, waiting: 20 } });
    const asked = Array.from({ length: 1000 }, (_, i) => json("/v1/search", { id: 1 + (i % 300) }));
    const answers = await Promise.all(asked);
    const count = (status: number) => answers.filter((one) => one.status === status).length;
    expect(count(200)).toBeGreaterThanOrEqual(22);
    expect(count(200) + count(503)).toBe(1000);
    expect((await json("/v1/health")).status).toBe(200);
  });
});

test("pictures are found by a picture, and what is none is refused", { timeout: 120_000 }, async () => {
  const { folder, pictures } = await trainAndCollect();
  const { ask, json } = await start(folder, { mostImageBytes: 100_000 });
  const post = (body: Uint8Array<ArrayBuffer> | string, type = "image/png", path = "/v1/search/image?top=3") =>
    ask(path, { method: "POST", body, headers: { "content-type": type } });
  const found = await post(new Uint8Array(pictures[0]!.bytes));
  expect(found.status).toBe(200);
  const { results } = answer.parse(JSON.parse(Buffer.from(found.body).toString()));
  expect(results).toHaveLength(3);
  expect(results[0]).toMatchObject({ name: pictures[0]!.name });
  expect(results[0]!.score).toBeCloseTo(1, 4);
  const shown = await ask(results[0]!.thumbnail);
  expect([shown.status, shown.type]).toEqual([200, "image/png"]);
  expect(Buffer.from(shown.body).subarray(1, 4).toString()).toBe("PNG");

  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  for (const [body, type, status] of [
    [svg, "image/svg+xml", 400],
    [new Uint8Array(randomBytes(1000)), "image/png", 400],
    ["", "image/png", 400],
    [new Uint8Array(randomBytes(200_000)), "image/png", 413],
    [new Uint8Array(pictures[0]!.bytes), "text/plain", 415],
  ] as const) {
    const refused = await post(body, type);
    expect([type, refused.status]).toEqual([type, status]);
    expect(JSON.parse(Buffer.from(refused.body).toString()).error.message).not.toContain("\n");
  }
  expect((await post(new Uint8Array(pictures[0]!.bytes), "image/png", "/v1/search/image?top=x")).status).toBe(400);
  expect((await json("/v1/health")).status).toBe(200);
});

test("a folder that is no collection is refused before anything listens", async () => {
  const folder = join(temporaryFolder(), "empty");
  mkdirSync(folder);
  await expect(start(folder)).rejects.toThrow("expected the folder of a collection, found no collection.json in it");
});
