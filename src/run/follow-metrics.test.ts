import { appendFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { followMetrics } from "./follow-metrics.ts";
import { openMetrics } from "./metrics.ts";
import { readMetrics } from "./read-metrics.ts";

const step = (n: number, run = 0) =>
  ({
    event: "step",
    step: n,
    epoch: 0,
    loss: n + run / 8,
    learningRate: 0.1,
    imagesPerSecond: 9,
    dataWait: 0,
  }) as const;
const line = (n: number) => `${JSON.stringify(step(n))}\n`;
const empty = () => join(temporaryFolder(), "metrics.jsonl");
const written = (content: string) => {
  const file = empty();
  writeFileSync(file, content);
  return file;
};
const stepsIn = (piece: { events: { steps: readonly { step: number }[] } }) => piece.events.steps.map((s) => s.step);

describe("followMetrics", () => {
  it("gives only what is new, and leaves a line that is being written", async () => {
    const file = written(line(1) + line(2).slice(0, 20));
    const follower = followMetrics(file);
    expect(await follower.read()).toMatchObject({ events: { steps: [{ step: 1 }] }, left: 0, unread: 0 });
    expect(stepsIn(await follower.read())).toEqual([]);
    appendFileSync(file, line(2).slice(20) + line(3));
    const piece = await follower.read();
    expect([stepsIn(piece), piece.isAnew]).toEqual([[2, 3], false]);
  });

  it("begins anew where a resumed run took steps back", async () => {
    const file = empty();
    const first = openMetrics(file, 0);
    for (let n = 1; n <= 9; n++) first.write(step(n));
    first.close();
    const follower = followMetrics(file);
    await follower.read();
    const second = openMetrics(file, 4);
    for (let n = 5; n <= 20; n++) second.write(step(n, 1));
    second.close();
    const piece = await follower.read();
    expect(piece.isAnew).toBe(true);
    expect(piece.events.steps).toEqual(readMetrics(file).steps);
    truncateSync(file);
    expect(await follower.read()).toMatchObject({ isAnew: true, events: { steps: [] } });
  });

  it("reads what readMetrics reads, in pieces of any size", async () => {
    const lines = fc.array(
      fc.oneof(fc.nat(99).map(line), fc.constantFrom("\n", "null\n", '{"event":"step"}\n', "ü[\n")),
    );
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 150, max: 900 }), async (content, bytes) => {
        const file = written(content.join(""));
        const follower = followMetrics(file, undefined, bytes);
        const steps = [];
        for (let piece = await follower.read(); ; piece = await follower.read()) {
          steps.push(...piece.events.steps);
          if (piece.left === 0) break;
        }
        expect(steps).toEqual(readMetrics(file).steps);
      }),
      { numRuns: 40 },
    );
  });

  it("passes over lines of another run, and what is longer than any line", async () => {
    const start = (run: string) =>
      `${JSON.stringify({ event: "start", run, step: 0, epoch: 0, steps: 9, stepsPerEpoch: 3, batchSize: 1 })}\n`;
    const file = written(`${start("a")}${line(1)}${start("b")}${"x".repeat(3 << 20)}\n${line(2)}`);
    const follower = followMetrics(file, "b", 1 << 21);
    const pieces = [await follower.read(), await follower.read()];
    expect(pieces.flatMap(stepsIn)).toEqual([2]);
    expect(pieces[0]!.left).toBeGreaterThan(0);
    expect(pieces[1]).toMatchObject({ left: 0, unread: 1, others: 2 });
  });

  it("refuses what is no file, or a link to one", async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at("file"), line(1));
    symlinkSync(at("file"), at("link"));
    mkdirSync(at("folder"));
    for (const name of ["link", "folder", "missing"]) {
      await expect(followMetrics(at(name)).read()).rejects.toMatchObject({ code: "data" });
    }
  });
});
