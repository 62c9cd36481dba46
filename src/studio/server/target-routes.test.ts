import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleRow, sampleRows, unitRows, writeSample } from "../../../test/collection-samples.ts";
import { writePageFiles } from "../../../test/page-files.ts";
import { openCollection } from "../../collection/index.ts";
import { formatRecord, resolveConfig, version } from "../../config/index.ts";
import type { Listening } from "../../http/index.ts";
import type { TargetSettings } from "../protocol.ts";
import { startStudio } from "./start-studio.ts";

const ROWS = 120;
const DIM = 8;

describe("what targets are computed from", () => {
  let root: string;
  let server: Listening;
  const ask = (path: string) => fetch(`${server.url}${path}`);
  async function keysOf(id: number, by = "trained") {
    const all = new Int32Array(await (await ask(`/api/targets/${id}?by=${by}`)).arrayBuffer());
    const count = (all.length - 2) / 2;
    return {
      queue: all[0]!,
      outside: all[1]!,
      ids: [...all.subarray(2, 2 + count)],
      scores: [...new Float32Array(all.buffer, 8 + 4 * count)],
    };
  }

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "maskcon-targets-"));
    writePageFiles(root);
    const rows = [...sampleRows(1, ROWS - 1), sampleRow(ROWS, { coarse: undefined })];
    await writeSample(join(root, "collection"), [rows], { vectors: unitRows(ROWS, DIM, 3) });
    server = await startStudio(join(root, "collection"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), log: (line) => expect.fail(line) },
    });
  });
  afterAll(async () => {
    await server.close(0);
    rmSync(root, { recursive: true });
  });

  it("are the other training images of the coarse class, nearest first", async () => {
    const { rows, ...collection } = await openCollection(join(root, "collection"));
    const vectors = await collection.vectors("trained");
    const dot = (a: number, b: number) => {
      let sum = 0;
      for (let d = 0; d < DIM; d++) sum += vectors[a * DIM + d]! * vectors[b * DIM + d]!;
      return sum;
    };
    const train = rows.split.names.indexOf("train");
    const others = [...rows.ids.keys()].filter((row) => rows.split.numbers[row] === train && row !== 4);
    const inClass = others.filter((row) => rows.coarse.numbers[row] === rows.coarse.numbers[4]);
    const expected = inClass.map((row) => [rows.ids[row]!, dot(row, 4)] as const).sort((a, b) => b[1] - a[1]);
    const sameFine = others.filter((row) => rows.fine.numbers[row] === rows.fine.numbers[4]);
    const { queue, outside, ids, scores } = await keysOf(rows.ids[4]!);
    expect(queue).toBe(others.length);
    expect(outside).toBe(sameFine.filter((row) => !inClass.includes(row)).length);
    expect(outside).toBeGreaterThan(0);
    expect(ids).toEqual(expected.map(([id]) => id));
    for (const [i, score] of scores.entries()) expect(score).toBeCloseTo(expected[i]![1], 6);
    expect((await keysOf(rows.ids[4]!, "frozen")).scores).not.toEqual(scores);
    // A test image is not in the queue, so that nothing of it is left out.
    const test = [...rows.ids.keys()].find((row) => rows.split.numbers[row] !== train)!;
    expect((await keysOf(rows.ids[test]!)).queue).toBe(others.length + 1);
  });

  it("follow the labels that a person gives", async () => {
    const before = await keysOf(5);
    const body = JSON.stringify({ action: "drop", ids: [before.ids[0]] });
    await fetch(`${server.url}/api/actions`, { method: "POST", body });
    const after = await keysOf(5);
    expect([after.queue, after.ids]).toEqual([before.queue - 1, before.ids.slice(1)]);
    await fetch(`${server.url}/api/undo`, { method: "POST" });
    expect(await keysOf(5)).toEqual(before);
  });

  it.each([
    [`/api/targets/${ROWS}?by=trained`, "expected a coarse class"],
    ["/api/targets/9999?by=trained", "the id of an image"],
    ["/api/targets/1?by=other", "by"],
  ])("refuses %s in one line", async (path, line) => {
    const response = await ask(path);
    expect(response.status).toBe(400);
    expect(JSON.parse(await response.text()).error.message).toContain(line);
  });

  it("compares the methods of the table, and has the settings of the run where it is among those given", async () => {
    const infinite = { isOpen: false, softTemperature: null };
    const methods = [
      { name: "maskcon", isOpen: true, hasWeight: true, softWeight: 1, softTemperature: 0.05 },
      { name: "selfcon", hasWeight: false, softWeight: 0, ...infinite },
      { name: "supcon", hasWeight: false, softWeight: 1, ...infinite },
      { name: "grafit", hasWeight: true, softWeight: 0.5, ...infinite },
    ];
    expect(await (await ask("/api/targets")).json()).toEqual({ run: null, settings: null, methods });
    const id = "c".repeat(64);
    mkdirSync(join(root, "runs", "mine"), { recursive: true });
    const flags = { softTemperature: 0.2, softWeight: 0.7 };
    writeFileSync(join(root, "runs", "mine", "config.json"), recordOf(flags, id));
    await writeSample(join(root, "other"), [sampleRows(1, 9)]);
    const file = join(root, "other", "collection.json");
    const record = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, encoder: { ...record.encoder, run: id } }));
    const options = { host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), runs: join(root, "runs") };
    const other = await startStudio(join(root, "other"), { ...options, log: (line) => expect.fail(line) });
    const found = (await (await fetch(`${other.url}/api/targets`)).json()) as TargetSettings;
    await other.close(0);
    expect(found).toMatchObject({ run: "mine", settings: { softWeight: "0.7" }, methods: [flags, {}, {}, {}] });
  });
});

const recordOf = (flags: Record<string, unknown>, id: string) =>
  formatRecord({
    ...{ version, id, config: resolveConfig({ flags }) },
    dataset: {
      ...{ name: "cars", trainImages: 90, testImages: 10, coarseClasses: ["a", "b"], labels: "0".repeat(64) },
      normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    },
  });
