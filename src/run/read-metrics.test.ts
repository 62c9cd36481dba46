import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { isReport } from "../eval/index.ts";
import { readMetrics } from "./read-metrics.ts";

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-metrics-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "metrics.jsonl"), content);
  return join(folder, "metrics.jsonl");
}

const step = (n: number, more = {}) =>
  JSON.stringify({
    event: "step",
    step: n,
    epoch: 0,
    loss: 2,
    learningRate: 0.1,
    imagesPerSecond: 9,
    dataWait: 0,
    ...more,
  });
const evaluation = JSON.stringify({
  event: "eval",
  step: 2,
  epoch: 1,
  encoder: "trained",
  recall: { coarse: { "1": 0.5 } },
});

it("sorts the events of a run", () => {
  const found = readMetrics(file(`${step(1)}\n${step(2)}\n${evaluation}\n{"event":"warning","step":2,"epoch":1}\n`));
  expect(found).toMatchObject({ steps: [{ step: 1 }, { step: 2 }], evals: [{ step: 2 }], problems: [] });
});

it("takes the diagnoses whose curve can be drawn", () => {
  const diagnosis = (methods: unknown) => JSON.stringify({ event: "diagnose", step: 4, epoch: 1, queries: 9, methods });
  const whole = [{ method: "supcon", totalVariation: 0.5, standardError: 0.1 }];
  const found = readMetrics(file([diagnosis(whole), diagnosis([null]), diagnosis({})].join("\n")));
  expect(found.diagnoses).toMatchObject([{ step: 4, methods: whole }]);
  expect(found.problems).toHaveLength(1);
});

it("passes over what is torn or no event, and says how much", () => {
  const bad = [
    "null",
    "[]",
    '{"event":"step"}',
    '{"event":"eval","step":1,"epoch":0,"recall":{"coarse":{"1":"x"}}}',
    '{"ev',
  ];
  const found = readMetrics(file(`${step(1)}\n${bad.join("\n")}`));
  expect(found.steps).toHaveLength(1);
  expect(found.problems).toEqual(["metrics.jsonl: passed over what is unreadable or torn: line 2, 3, 4, 5, 6"]);
});

it("takes a loss that is not finite as a gap", () => {
  const found = readMetrics(file(`${step(1, { loss: null })}\n`));
  expect(found.steps.map(({ loss }) => loss)).toEqual([Number.NaN]);
});

it("does not keep a line without end", () => {
  const found = readMetrics(file(`${"x".repeat(3 << 20)}\n${step(1)}\n`));
  expect(found.steps).toHaveLength(1);
  expect(found.problems).toEqual(["metrics.jsonl: passed over what is unreadable or torn: line 1"]);
});

it("says that there is none", () => {
  expect(readMetrics("/nowhere/metrics.jsonl").problems).toEqual(["there is no metrics.jsonl: no curves"]);
});

it("knows the shape of an evaluation", () => {
  expect(isReport({ coarse: { "1": 1 }, fine: { "1": 0 } })).toBe(true);
  for (const other of [undefined, null, 1, {}, { coarse: 1 }, { coarse: { "1": null } }, { coarse: {}, fine: [""] }])
    expect(isReport(other)).toBe(false);
});

it("passes over the lines of another run, and says how many", () => {
  const start = (run?: string) =>
    JSON.stringify({ event: "start", step: 0, epoch: 0, steps: 9, stepsPerEpoch: 3, batchSize: 2, run });
  const lines = [start(), step(1), start("theirs"), step(2), step(3), start("mine"), step(4)].join("\n");
  const { steps, starts, problems } = readMetrics(file(lines), "mine");
  expect([steps.map((event) => event.step), starts.length]).toEqual([[1, 4], 2]);
  expect(problems).toEqual(["metrics.jsonl: passed over 3 of its 7 lines, which are of another run"]);
  expect(readMetrics(file(lines)).steps).toHaveLength(4);
});
