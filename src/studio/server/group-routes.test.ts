import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleRows, unitRows, writeSample } from "../../../test/collection-samples.ts";
import { writePageFiles } from "../../../test/page-files.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { Listening } from "../../http/index.ts";
import type { ProposeProgress } from "../protocol.ts";
import { startStudio } from "./start-studio.ts";

const ROWS = 300;

describe("looking for groups", () => {
  let server: Listening;
  beforeEach(async () => {
    const root = temporaryFolder();
    writePageFiles(root);
    await writeSample(join(root, "collection"), [sampleRows(1, ROWS)], { vectors: unitRows(ROWS, 8, 3) });
    server = await startStudio(join(root, "collection"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
      limits: { running: 1, waiting: 1 },
    });
  });
  afterEach(() => server.close(0));

  const ask = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);
  async function propose(coarse: readonly string[]) {
    const body = JSON.stringify({ by: "trained", coarse });
    const answer = await ask("/api/groups/propose", { method: "POST", body });
    return { status: answer.status, value: JSON.parse(await answer.text()) };
  }
  const progress = async () => (await (await ask("/api/groups/propose")).json()) as ProposeProgress;

  it("is refused while it is done for somebody else, and taken afterwards", async () => {
    expect(await propose([])).toMatchObject({ status: 200, value: { isRunning: true } });
    const { status, value } = await propose(["coarse 1"]);
    expect([status, value.error.code]).toEqual([409, "busy"]);
    expect(value.error.message).toMatch(/^expected one search .*, found one that runs[^\n]*$/);
    await expect.poll(progress, { timeout: 60_000 }).toMatchObject({ isRunning: false, error: null });
    expect((await propose(["coarse 1"])).status).toBe(200);
  });

  it("is refused for a class that does not exist, and nothing begins", async () => {
    const { status, value } = await propose(["coarse 1", "coarse 11"]);
    expect([status, value.error.code]).toEqual([400, "usage"]);
    expect(value.error.message).toMatch(/^[^\n]*expected a coarse class of the collection, found "coarse 11"[^\n]*$/);
    expect(await progress()).toMatchObject({ isRunning: false, error: null });
  });

  it("similar pairs take their turn with the other long answers", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask("/api/groups/pairs?coarse=0")));
    const statuses = answers.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
  });
});
