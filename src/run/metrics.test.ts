import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Mutation, mutate, mutations } from "../../test/mutations.ts";
import { programLine, source } from "../../test/source-program.ts";
import type { StartEvent, StepEvent } from "./events.ts";
import { openMetrics } from "./metrics.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-metrics-"));
  path = join(folder, "metrics.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const step = (n: number): StepEvent => ({
  event: "step",
  step: n,
  epoch: 0,
  loss: 1 / n,
  learningRate: 0.1,
  imagesPerSecond: 10,
  dataWait: 0,
});
const stepsIn = (file: string) =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as StepEvent).step);

it("has every line in the file as soon as it is written", () => {
  const metrics = openMetrics(path, 0);
  metrics.write(step(1));
  metrics.write(step(2));
  expect(stepsIn(path)).toEqual([1, 2]);
  metrics.close();
});

it("continues after the checkpoint's step without repeating one", () => {
  const first = openMetrics(path, 0);
  for (let n = 1; n <= 3000; n++) first.write(step(n));
  first.close();
  const second = openMetrics(path, 1700);
  second.write(step(1701));
  second.close();
  expect(stepsIn(path)).toEqual(Array.from({ length: 1701 }, (_, i) => i + 1));
});

it("keeps the lines of another run where this one continues, and drops them where it begins", () => {
  const start = { event: "start", step: 0, epoch: 0, run: "theirs" };
  writeFileSync(path, [start, step(1), step(8)].map((event) => `${JSON.stringify(event)}\n`).join(""));
  const continued = openMetrics(path, 2, "mine");
  continued.write({ ...start, step: 2, run: "mine" } as StartEvent);
  continued.write(step(3));
  continued.close();
  expect(stepsIn(path)).toEqual([0, 1, 8, 2, 3]);
  const again = openMetrics(path, 2, "mine");
  again.write(step(4));
  again.close();
  expect(stepsIn(path)).toEqual([0, 1, 8, 2, 4]);
  const begun = openMetrics(path, 0, "mine");
  begun.write(step(5));
  begun.close();
  expect(stepsIn(path)).toEqual([5]);
});

it("drops a torn last line", () => {
  writeFileSync(path, `${JSON.stringify(step(1))}\n{"event":"step","st`);
  const metrics = openMetrics(path, 5);
  metrics.write(step(2));
  metrics.close();
  expect(stepsIn(path)).toEqual([1, 2]);
});

it("keeps the lines after one that is unreadable", () => {
  const lines = [step(1), step(2), step(3)].map((event) => JSON.stringify(event));
  writeFileSync(path, `${lines[0]}\n\0\0\0\n${lines[1]}\n${"x".repeat(2 << 20)}\n${lines[2]}\n`);
  openMetrics(path, 2).close();
  expect(readFileSync(path, "utf8")).toBe(`${lines[0]}\n\0\0\0\n${lines[1]}\n`);
});

it("ends in a whole line of the run's, whatever was damaged", async () => {
  const whole = Buffer.from([1, 2, 3, 4].map((n) => `${JSON.stringify(step(n))}\n`).join(""));
  await fc.assert(
    fc.asyncProperty(mutations, fc.integer({ min: 0, max: 5 }), async (list, n) => {
      const damaged = mutate(whole, list as Mutation[]);
      writeFileSync(path, damaged);
      openMetrics(path, n).close();
      const kept = readFileSync(path);
      expect(Buffer.from(damaged).subarray(0, kept.length).equals(kept)).toBe(true);
      const last = kept.toString().split("\n").at(-2);
      if (kept.length > 0) expect((JSON.parse(last!) as StepEvent).step).toBeLessThanOrEqual(n);
    }),
    { numRuns: 500 },
  );
});

it("does not keep in memory what has no line ends", () => {
  writeFileSync(path, `${JSON.stringify(step(1))}\n`);
  truncateSync(path, 2 ** 28);
  const before = process.memoryUsage().rss;
  openMetrics(path, 1).close();
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  expect(stepsIn(path)).toEqual([1]);
});

it("names the file where it cannot be written", () => {
  expect(() => openMetrics(join(folder, "absent", "metrics.jsonl"), 0)).toThrow(
    /metrics\.jsonl: expected a file that can/,
  );
});

it.skipIf(process.platform === "win32")("ends in a whole line where the system refuses one half-way", () => {
  const script = `
    import { openMetrics } from ${source("src/run/metrics.ts")};
    const metrics = openMetrics(process.argv[1], 0);
    for (let step = 1; ; step++) {
      try { metrics.write({ event: "step", step }); }
      catch (error) { console.log(error.code, step, error.message); break; }
    }`;
  const line = ["-c", `ulimit -f 8 && exec "$0" "$@"`, process.execPath, ...programLine(script, path)];
  const out = execFileSync("bash", line, { encoding: "utf8" });
  const [, refused] = /^disk (\d+) .*metrics\.jsonl: expected room for one more line, found /.exec(out) ?? [];
  expect(Number(refused)).toBeGreaterThan(50);
  expect(stepsIn(path)).toEqual(Array.from({ length: Number(refused) - 1 }, (_, i) => i + 1));
  openMetrics(path, Number(refused)).write(step(Number(refused)));
  expect(stepsIn(path).at(-1)).toBe(Number(refused));
});
