import { truncateSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { type Mutation, mutate, mutations } from "../../test/mutations.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readMetrics } from "../run/index.ts";
import { curves } from "./curves.ts";
import { targets } from "./targets.ts";

const at = (step: number) => ({ step, epoch: Math.floor(step / 4) });
const recall = { coarse: { "1": 0.5, "2": 0.75 }, fine: { "1": 0.25 } };
const methods = ["selfcon", "supcon"].map((method) => ({ method, totalVariation: 0.5, standardError: 0.01 }));
const events = [
  { event: "start", ...at(0), steps: 8, stepsPerEpoch: 4, batchSize: 2 },
  ...[0, 4, 8].flatMap((step) => [
    { event: "eval", ...at(step), encoder: "trained", recall },
    { event: "diagnose", ...at(step), queries: 9, methods },
  ]),
  ...[1, 2, 3, 4, 5, 6].map((n) => ({ event: "step", ...at(n), loss: 2 / n, learningRate: 0.1, imagesPerSecond: 9 })),
  { event: "end", ...at(8), reason: "finished", seconds: 3, imagesPerSecond: 9 },
];
const lines = events.map((event) => JSON.stringify(event));
const whole = `${lines.join("\n")}\n`;

/** What is said of a `metrics.jsonl`; whatever could be read of it is drawn. */
async function problemsOf(folder: string, content: string | Uint8Array): Promise<readonly string[]> {
  const found = readMetrics(put(folder, "metrics.jsonl", content));
  curves(found);
  targets(found);
  for (const problem of found.problems) {
    expect(problem).toMatch(
      /^metrics\.jsonl: passed over what is unreadable or torn: line \d+(, \d+)*( and \d+ more)?$/,
    );
  }
  return found.problems;
}

it("names the damaged lines of metrics.jsonl, and draws the others", async () => {
  const folder = temporaryFolder();
  expect(await problemsOf(folder, whole)).toEqual([]);
  let said = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (list) => {
      said += (await problemsOf(folder, mutate(new TextEncoder().encode(whole), list as Mutation[]))).length;
    }),
    { numRuns: 100 },
  );
  expect(said).toBeGreaterThan(20);
});

it("draws any number in place of another", async () => {
  const folder = temporaryFolder();
  const numbers = [...whole.matchAll(/(?<=:)[\d.]+/g)].map(({ index }) => index);
  const value = fc.constantFrom("1e308", "-1e308", "1e999", "-1", "0", "5e-324", "9007199254740993", "null", '"x"');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...numbers), value, async (place, text) => {
      await problemsOf(folder, whole.slice(0, place) + whole.slice(place).replace(/^[\d.]+/, text));
    }),
    { numRuns: 100 },
  );
});

it("does not keep what has no line ends", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "metrics.jsonl", whole);
  truncateSync(file, 2 ** 28);
  const before = process.memoryUsage().rss;
  const { problems, ends } = readMetrics(file);
  expect({ problems, ends: ends.length }).toEqual({
    problems: [`metrics.jsonl: passed over what is unreadable or torn: line ${lines.length + 1}`],
    ends: 1,
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
});
