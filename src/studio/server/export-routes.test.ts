import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { writePageFiles } from "../../../test/page-files.ts";
import { slowToExport } from "../../../test/slow-export.ts";
import type { Listening } from "../../http/index.ts";
import type { ExportProgress, ExportQuestion } from "../protocol.ts";
import { startStudio } from "./start-studio.ts";

/** Long enough to be looked at; nobody waits for all of them. */
const MANY = 2000;
const FEW = 3;

describe("writing fine folders", () => {
  let server: Listening;
  let root: string;
  afterEach(() => server.close(0));

  async function start(rows: number) {
    const { folder, ...made } = await slowToExport(rows);
    root = made.root;
    writePageFiles(root);
    server = await startStudio(folder, {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
    });
  }
  const path = () => `${server.url}/api/export/folders`;
  async function write(name: string, signal: AbortSignal | null = null) {
    const question: ExportQuestion = { name, copy: false, unsure: "skip", splits: true };
    const answer = await fetch(path(), { method: "POST", body: JSON.stringify(question), signal });
    return { status: answer.status, value: JSON.parse(await answer.text()) };
  }
  const progress = async () => (await (await fetch(path())).json()) as ExportProgress;
  const begun = () => expect.poll(async () => (await progress()).done, { timeout: 60_000 }).toBeGreaterThan(0);

  it("is stopped by who asked for it, and leaves nothing; another one is refused meanwhile", async () => {
    await start(MANY);
    expect(await progress()).toEqual({ isRunning: false, done: 0, total: 0, folder: null, isWritten: false });
    const asking = new AbortController();
    const answer = write("fine", asking.signal).catch(({ name }: Error) => name);
    await begun();
    expect(await progress()).toMatchObject({ isRunning: true, total: MANY, folder: join(root, "fine") });
    const { status, value } = await write("other");
    expect([status, value.error.code]).toEqual([409, "busy"]);
    const line = `expected one export at a time, found one that is writing ${join(root, "fine")}; wait until it ends`;
    expect(value.error.message).toBe(line);
    asking.abort();
    expect(await answer).toBe("AbortError");
    await expect.poll(progress, { timeout: 60_000 }).toMatchObject({ isRunning: false, isWritten: false });
    expect(readdirSync(root).sort()).toEqual(["0.png", "collection", "page"]);
  });

  it("is stopped with the server", async () => {
    await start(MANY);
    const answer = write("fine").catch(() => undefined);
    await begun();
    await server.close(0);
    await answer;
    expect(readdirSync(root).sort()).toEqual(["0.png", "collection", "page"]);
  });

  it("ends, and goes on after one that was refused", async () => {
    await start(FEW);
    expect((await write("collection")).value.error.message).toMatch(/expected a new or empty folder/);
    expect(await progress()).toMatchObject({ isRunning: false, isWritten: false });
    expect(await write("fine")).toEqual({ status: 200, value: { folder: join(root, "fine"), written: FEW, left: 0 } });
    expect(await progress()).toMatchObject({ isRunning: false, done: FEW, total: FEW, isWritten: true });
  });
});
