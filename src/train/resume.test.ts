import { copyFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf, data, lastOf, metricsOf, runsFolder, stepsOf, tinySet } from "../../test/tiny-run.ts";
import type { RunOptions, RunRecord } from "../config/index.ts";
import { imagesAt } from "../data/index.ts";
import { evaluateEncoder, loadRun, readEvaluation, runPaths, runStates, type TrainEvent } from "../run/index.ts";
import { train } from "./index.ts";

const { root, remove } = runsFolder();
afterAll(remove);

/** Kernels of the first run: others that are to compute the same bits take the same. */
let plan: RunRecord["plan"];

/** Trains until `steps` more were made, then interrupts. */
async function trainFor(folder: string, steps: number, resume = false) {
  const stop = new AbortController();
  let made = 0;
  const onEvent = (event: TrainEvent) => {
    if (event.event === "step" && ++made === steps) stop.abort();
  };
  return train(configOf(), data, { out: folder, resume, plan, signal: stop.signal, onEvent });
}

describe("a run that goes on", () => {
  let straight: string;
  beforeAll(async () => {
    straight = join(root, "straight");
    await train(configOf({ checkpointEvery: 1 }), data, { out: straight });
    plan = (await loadRun(straight)).record.plan;
  });

  it("continues bit for bit after interruptions in the middle of epochs", async () => {
    const folder = join(root, "interrupted");
    expect(await trainFor(folder, 3)).toMatchObject({ reason: "interrupted", step: 3 });
    expect(await trainFor(folder, 5, true)).toMatchObject({ reason: "interrupted", step: 8 });
    expect(await train(configOf(), data, { out: folder, resume: true })).toMatchObject({
      reason: "finished",
      step: 15,
    });
    expect(stepsOf(folder)).toEqual(stepsOf(straight));
    expect(lastOf(folder).equals(lastOf(straight))).toBe(true);
  });

  it("continues bit for bit from the last checkpoint after a kill, without repeating a line", async () => {
    const folder = join(root, "killed");
    await trainFor(folder, 4);
    const { metrics } = runPaths(folder);
    // What a killed process leaves behind: lines past the checkpoint, the last one torn, and its lock.
    writeFileSync(
      metrics,
      readFileSync(metrics, "utf8").replace(/\{"event":"end".*/, '{"event":"step","step":5,"loss":9}\n{"eve'),
    );
    writeFileSync(
      join(folder, "run.lock"),
      JSON.stringify({ pid: 2 ** 22 + 1, host: "", started: "" }).replace(
        '""',
        `"${(await import("node:os")).hostname()}"`,
      ),
    );
    await train(configOf(), data, { out: folder, resume: true });
    expect(stepsOf(folder)).toEqual(stepsOf(straight));
    expect(lastOf(folder).equals(lastOf(straight))).toBe(true);
  });

  it("continues bit for bit on the same images in another order, at another place, which it records", async () => {
    const folder = join(root, "reordered");
    await trainFor(folder, 8);
    const order = (length: number) => Int32Array.from({ length }, (_, i) => (7 * i + 3) % length);
    const moved = {
      ...{ ...data, name: "elsewhere" },
      train: imagesAt(data.train, order(data.train.length)),
      test: imagesAt(data.test!, order(data.test!.length)),
    };
    expect(moved.train.coarse).not.toEqual(data.train.coarse);
    await train(configOf(), moved, { out: folder, resume: true, source: "/elsewhere" });
    expect(stepsOf(folder)).toEqual(stepsOf(straight));
    expect(lastOf(folder).equals(lastOf(straight))).toBe(true);
    const { images, initial } = runPaths(folder);
    for (const [mine, theirs] of [
      [images, runPaths(straight).images],
      [initial, runPaths(straight).initial],
    ] as const) {
      expect(readFileSync(mine).equals(readFileSync(theirs))).toBe(true);
    }
    const { record } = await loadRun(folder);
    const first = (await loadRun(straight)).record;
    expect(record).toMatchObject({
      data: "/elsewhere",
      id: first.id,
      dataset: { ...first.dataset, name: "elsewhere" },
    });
  });

  it("passes over checkpoints of another run, and mends the list of its images", async () => {
    const [folder, another] = [join(root, "exchanged"), join(root, "another")];
    await trainFor(folder, 2);
    await train(configOf({ seed: 1, steps: 1 }), data, { out: another });
    const last = join(folder, "checkpoints", "last.safetensors");
    const [own, list] = [readFileSync(last), readFileSync(runPaths(folder).images)];
    copyFileSync(join(another, "checkpoints", "last.safetensors"), last);
    const run = await loadRun(folder);
    const { step, warnings } = await run.trained();
    expect([step, warnings]).toEqual([
      0,
      [expect.stringMatching(/expected a checkpoint of this run, found one of an/)],
    ]);
    expect((await runStates(run)).warnings).toEqual(warnings);
    writeFileSync(last, own);
    rmSync(runPaths(folder).images);
    await trainFor(folder, 1, true);
    expect(readFileSync(runPaths(folder).images).equals(list)).toBe(true);
    expect(stepsOf(folder)).toEqual(stepsOf(straight).slice(0, 3));

    copyFileSync(runPaths(another).initial, runPaths(folder).initial);
    await expect(run.initial()).rejects.toThrow(
      /initial\.safetensors: expected the weights that this run began with, found those of another run/,
    );
    copyFileSync(runPaths(another).evaluation, runPaths(folder).evaluation);
    expect(await readEvaluation(runPaths(folder))).toEqual({});
  });

  it("continues a run of an earlier version, of which only the labels are known, and says so", async () => {
    const folder = join(root, "earlier");
    await trainFor(folder, 2);
    const { id: _, sha256: __, ...record } = JSON.parse(readFileSync(runPaths(folder).config, "utf8"));
    const dataset = { ...record.dataset, images: undefined };
    writeFileSync(runPaths(folder).config, JSON.stringify({ ...record, dataset }));
    rmSync(runPaths(folder).images);
    await trainFor(folder, 1, true);
    expect(metricsOf(folder).filter((e) => e.event === "warning" && e.step > 0)).toMatchObject([
      { message: expect.stringMatching(/earlier version, which kept no digests .* only the training labels were/) },
    ]);
    expect(stepsOf(folder)).toEqual(stepsOf(straight).slice(0, 3));
    expect((await loadRun(folder)).record.dataset).not.toHaveProperty("images");
    expect(existsSync(runPaths(folder).images)).toBe(false);
  });

  it("passes over a torn checkpoint, and says so", async () => {
    const folder = join(root, "torn");
    await trainFor(folder, 2);
    await trainFor(folder, 2, true);
    truncateSync(join(folder, "checkpoints", "last.safetensors"), 1000);
    await trainFor(folder, 1, true);
    expect(metricsOf(folder).find((e) => e.event === "warning" && e.step > 0)).toMatchObject({
      message: expect.stringContaining("last.safetensors"),
    });
    expect(stepsOf(folder)).toEqual(stepsOf(straight).slice(0, 3));
  });

  it("has nothing to add to a finished run", async () => {
    const before = lastOf(straight);
    const events: TrainEvent[] = [];
    const again = { out: straight, resume: true, onEvent: (e: TrainEvent) => events.push(e) };
    expect(await train(configOf(), data, again)).toMatchObject({ reason: "finished", step: 15 });
    expect(events.map((e) => e.event)).toEqual(["start", "end"]);
    expect(lastOf(straight).equals(before)).toBe(true);
  });

  it.each([
    ["a second start", {}, {}, /expected a folder without a run, found one with checkpoints; add --resume/],
    [
      "other settings",
      { queueSize: 21 },
      { resume: true },
      /--queue-size: expected 20, as .*config\.json says, found 21/,
    ],
  ])("refuses %s", async (_, options, extra, message) => {
    await expect(train(configOf(options), data, { out: straight, ...extra })).rejects.toThrow(message);
  });

  it("refuses to continue on other images", async () => {
    const other = { ...data, train: tinySet("tiny train", 48) };
    await expect(train(configOf(), other, { out: straight, resume: true })).rejects.toThrow(
      /tiny: expected the 44 training images of this run, found 44 of them and 4 others; .*a new run in another folder/,
    );
  });
});

it("trains on several crops, with own keys as positives; resumed bit for bit, and not with others", async () => {
  const options = { crops: 2, positiveOwnKeys: true, steps: 4 };
  const [whole, halved] = [join(root, "crops"), join(root, "crops, halved")];
  await train(configOf(options), data, { out: whole });
  const { plan } = (await loadRun(whole)).record;
  const stop = new AbortController();
  const onEvent = (event: TrainEvent) => event.event === "step" && event.step === 2 && stop.abort();
  await train(configOf(options), data, { out: halved, plan, signal: stop.signal, onEvent });
  const resumed = (more: RunOptions) => train(configOf({ ...options, ...more }), data, { out: halved, resume: true });
  await expect(resumed({ crops: 1 })).rejects.toThrow(/--crops: expected 2, as .*config\.json says, found 1/);
  await resumed({});
  expect(stepsOf(halved)).toEqual(stepsOf(whole));
  expect(lastOf(halved).equals(lastOf(whole))).toBe(true);
});

it("trains beyond the paper: changing settings, own keys left out, an average that is evaluated; resumed bit for bit", async () => {
  const options: RunOptions = {
    ...{ softTemperatureEnd: 0.5, coarseWeightEnd: 1, maskOwnKeys: true, averageEpochs: 2, encoder: "average" },
    epochs: 2,
  };
  const [whole, halved] = [join(root, "beyond"), join(root, "beyond, halved")];
  const result = await train(configOf(options), data, { out: whole, plan });
  const stop = new AbortController();
  const onEvent = (event: TrainEvent) => event.event === "step" && event.step === 3 && stop.abort();
  await train(configOf(options), data, { out: halved, plan, signal: stop.signal, onEvent });
  await train(configOf(options), data, { out: halved, plan, resume: true });
  expect(lastOf(halved).equals(lastOf(whole))).toBe(true);
  const run = await loadRun(whole);
  const weights = async (encoder?: "query" | "key") => (await run.trained(encoder)).weights;
  const [average, query, key] = [await weights(), await weights("query"), await weights("key")];
  expect(Object.keys(average)).toEqual(Object.keys(query));
  expect(average).not.toEqual(query);
  expect(key).not.toEqual(query);
  expect(result.trained).toEqual(await evaluateEncoder(run.record.config, average, data.test!));
});
