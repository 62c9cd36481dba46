import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sampleRows, unitRows, writeSample } from "../../../test/collection-samples.ts";
import { writePageFiles } from "../../../test/page-files.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { Listening } from "../../http/index.ts";
import type { MapState } from "../protocol.ts";
import { startStudio } from "./start-studio.ts";

const ROWS = 60;

describe("the map of the Studio's server", () => {
  let root: string;
  let server: Listening;
  beforeEach(async () => {
    root = temporaryFolder();
    writePageFiles(root);
    await writeSample(join(root, "collection"), [sampleRows(1, ROWS)], { vectors: unitRows(ROWS, 8, 3) });
  });
  afterEach(() => server.close(0));

  async function start() {
    server = await startStudio(join(root, "collection"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
    });
  }
  const ask = (path: string) => fetch(`${server.url}${path}`);
  async function ended(more = "") {
    let now = (await (await ask(`/api/map?by=trained${more}`)).json()) as MapState;
    while (now.state === "working") now = (await (await ask("/api/map?by=trained")).json()) as MapState;
    return now;
  }
  const places = async () => new Float32Array(await (await ask("/api/map/places?by=trained")).arrayBuffer());
  const without = (all: Float32Array) => [...Array(ROWS).keys()].filter((row) => Number.isNaN(all[2 * row]!));

  it("has places for images that come back, and no other moves", async () => {
    await start();
    const body = JSON.stringify({ action: "drop", ids: [3, 4, 5] });
    await fetch(`${server.url}/api/actions`, { method: "POST", body });
    const first = await ended();
    const before = await places();
    expect(without(before)).toEqual([2, 3, 4]);
    expect(await ended()).toEqual(first);
    await fetch(`${server.url}/api/undo`, { method: "POST" });
    const second = await ended();
    const after = await places();
    expect(without(after)).toEqual([]);
    expect(second).not.toEqual(first);
    expect([...after].filter((_, i) => i < 4 || i >= 10)).toEqual([...before].filter((_, i) => i < 4 || i >= 10));
    // Nobody needs another map where images go.
    await fetch(`${server.url}/api/redo`, { method: "POST" });
    expect(await ended()).toEqual(second);
  });

  it("says why it cannot be made, and is tried anew when asked anew", async () => {
    const [part] = readdirSync(join(root, "collection", "parts"));
    const file = join(root, "collection", "parts", part!, "vectors.npy");
    const bytes = readFileSync(file);
    writeFileSync(file, "none");
    await start();
    const failed = await ended();
    expect(failed).toMatchObject({ state: "failed", error: expect.stringMatching(/^[^\n]*vectors\.npy/) });
    writeFileSync(file, bytes);
    expect(await ended()).toEqual(failed);
    expect(await ended("&again=yes")).toMatchObject({ state: "ready" });
  });
});
