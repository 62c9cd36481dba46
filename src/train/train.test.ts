import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configOf, data, metricsOf, runsFolder, tiny, tinySet } from "../../test/tiny-run.ts";
import { imagesAt, type LoadedData } from "../data/index.ts";
import { loadRun, type StepEvent, type TrainEvent } from "../run/index.ts";
import { train } from "./index.ts";

const { root, remove } = runsFolder();
afterAll(remove);

it("warns where no two test images share a fine class", async () => {
  const lone = tinySet("tiny test", 4);
  const test = { ...lone, fine: Int32Array.of(0, 1, 2, 3) };
  const out = join(root, "lone");
  await train(configOf({ steps: 1, epochs: 1 }), { ...data, test }, { out });
  expect(metricsOf(out).filter(({ event }) => event === "warning")).toMatchObject([
    { message: expect.stringMatching(/^no two test images share a fine class, so only the coarse .*--test-fraction/) },
    { message: expect.stringMatching(/^testing: 4 images say little: one is 25\.0 points/) },
  ]);
});

it("warns where pictures are both trained with and tested on", async () => {
  const out = join(root, "leak");
  const test = imagesAt(
    data.train,
    Int32Array.from({ length: 20 }, (_, i) => 2 * i),
  );
  await train(configOf({ steps: 1, epochs: 1 }), { ...data, test }, { out });
  expect(metricsOf(out).filter(({ event }) => event === "warning")).toMatchObject([
    { message: expect.stringMatching(/^testing: 20 images say little/) },
    { message: "20 of the 20 test images are among the training images, too" },
  ]);
});

it.each(["sgd", "adamw"] as const)("clips gradients under %s, and keeps their norms", async (optimizer) => {
  const steps = async (clipNorm: number | undefined) => {
    const out = join(root, `clipped-${optimizer}-${clipNorm}`);
    await train(configOf({ steps: 3, epochs: 1, evalEvery: 0, optimizer, clipNorm }), data, { out });
    return metricsOf(out).filter(({ event }) => event === "step") as unknown as StepEvent[];
  };
  const [free, wide, narrow] = [await steps(undefined), await steps(1e5), await steps(1e-3)];
  expect(free.map(({ gradientNorm }) => gradientNorm)).toEqual([undefined, undefined, undefined]);
  expect(wide.map(({ loss }) => loss)).toEqual(free.map(({ loss }) => loss));
  expect(narrow[0]!.gradientNorm).toBe(wide[0]!.gradientNorm);
  expect(narrow[0]!.gradientNorm).toBeGreaterThan(1e-2);
  expect(narrow[2]!.loss).not.toBe(wide[2]!.loss);
});

it("takes its folder back where it is refused before anything is written, and no other", async () => {
  const out = join(root, "taken-back");
  const wrong = { ...configOf(), temperature: 1e-300 };
  await expect(train(wrong, data, { out })).rejects.toThrow(/temperature/);
  expect(existsSync(out)).toBe(false);
  mkdirSync(out);
  await expect(train(wrong, data, { out })).rejects.toThrow(/temperature/);
  expect(existsSync(out)).toBe(true);
});

describe("a run", () => {
  let straight: string;
  const waits: TrainEvent[] = [];
  beforeAll(async () => {
    straight = join(root, "straight");
    const onEvent = (event: TrainEvent) => void (event.event === "progress" && waits.push(event));
    const result = await train(configOf({ checkpointEvery: 1 }), data, { out: straight, source: "somewhere", onEvent });
    expect(result).toMatchObject({ reason: "finished", step: 15, epoch: 3 });
  });

  it("tells how far the queue and each evaluation are, without recording it", () => {
    const told = waits.flatMap((e) => (e.event === "progress" ? [`${e.what} ${e.step}: ${e.done}/${e.total}`] : []));
    expect(told.slice(0, 4)).toEqual(["queue 0: 8/20", "queue 0: 16/20", "queue 0: 20/20", "eval 0: 8/20"]);
    expect(told).toContain("eval 15: 20/20");
    expect(metricsOf(straight).filter(({ event }) => event === "progress")).toEqual([]);
  });

  it("leaves everything a run folder promises", async () => {
    expect(readdirSync(straight).sort()).toEqual([
      "checkpoints",
      "config.json",
      "eval.json",
      "images.safetensors",
      "metrics.jsonl",
    ]);
    expect(readdirSync(join(straight, "checkpoints")).sort()).toEqual([
      "best.safetensors",
      "epoch-00001.safetensors",
      "epoch-00002.safetensors",
      "epoch-00003.safetensors",
      "initial.safetensors",
      "last.safetensors",
      "previous.safetensors",
    ]);
    const config = JSON.parse(readFileSync(join(straight, "config.json"), "utf8"));
    expect(config).toMatchObject({ ...tiny, data: "somewhere", method: "maskcon", softWeight: 1 });
    expect(config.warmupEpochs).toBeCloseTo(0.15);
    expect(config.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(Object.keys(JSON.parse(readFileSync(join(straight, "eval.json"), "utf8")))).toEqual([
      "trained",
      "frozen",
      "step",
      "epoch",
      "run",
    ]);
    const run = await loadRun(straight);
    expect((await run.trained()).step).toBe(15);
    expect(Object.keys(await run.initial())).toEqual(Object.keys((await run.trained()).weights));
  });

  it("evaluates the frozen encoder first, then every n epochs, then the end", () => {
    const evaluated = metricsOf(straight).flatMap((e) => (e.event === "eval" ? [[e.encoder, e.step]] : []));
    expect(evaluated).toEqual([
      ["frozen", 0],
      ["trained", 10],
      ["trained", 15],
    ]);
  });

  it("tells every step once, with what the contract names", () => {
    const steps = metricsOf(straight).filter((e) => e.event === "step");
    expect(steps.map((e) => e.step)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    for (const step of steps) {
      expect(step.loss).toBeGreaterThan(0);
      expect(step.imagesPerSecond).toBeGreaterThan(0);
      expect(step.epoch).toBe(Math.floor((step.step - 1) / 5));
    }
    expect(metricsOf(straight).at(-1)).toMatchObject({ event: "end", reason: "finished", step: 15 });
  });
});

describe("a folder that is somebody else's", () => {
  it("is left as it is", async () => {
    const folder = mkdtempSync(join(root, "foreign-"));
    writeFileSync(join(folder, "config.json"), '{"mine": true}');
    writeFileSync(join(folder, "metrics.jsonl"), "mine");
    await expect(train(configOf(), data, { out: folder })).rejects.toThrow(
      /expected a folder without a run, found a config\.json that is not a run's; choose another --out/,
    );
    expect(readFileSync(join(folder, "config.json"), "utf8")).toBe('{"mine": true}');
    expect(readFileSync(join(folder, "metrics.jsonl"), "utf8")).toBe("mine");
  });
});

it("leaves while the queue fills, and starts anew later", async () => {
  const folder = join(root, "filling");
  const stop = new AbortController();
  stop.abort();
  const options = configOf({ steps: 2, queueSize: 400 });
  const ended = await train(options, data, { out: folder, signal: stop.signal });
  expect(ended).toMatchObject({ reason: "interrupted", step: 0 });
  expect(readdirSync(join(folder, "checkpoints"))).toEqual(["initial.safetensors"]);
  expect(await train(options, data, { out: folder, resume: true })).toMatchObject({ reason: "finished", step: 2 });
});

describe("what cannot be trained", () => {
  it.each([
    [
      "fewer images than a batch",
      { batchSize: 64 },
      data,
      /--batch-size: expected at most the 44 training images, found 64/,
    ],
    [
      "one class",
      {},
      { ...data, train: tinySet("one", 44, 1) },
      /expected at least two classes .* found only "coarse 0"/,
    ],
    [
      "supfine without fine labels",
      { method: "supfine" as const },
      { ...data, train: { ...data.train, fine: undefined, fineClasses: undefined } },
      /--method supfine: expected images with fine labels/,
    ],
    [
      "a warm-up longer than its steps",
      { steps: 8, warmupEpochs: 2 },
      data,
      /--warmup-epochs: expected a warm-up within the 8 steps of the run, found 2 epochs, which are 10 steps/,
    ],
  ])("refuses %s before anything is written", async (_, options, set, message) => {
    const folder = join(root, "refused");
    await expect(train(configOf(options), set as LoadedData, { out: folder })).rejects.toThrow(message);
    expect(existsSync(folder)).toBe(false);
  });

  it("stops at a loss that is not finite and keeps the last checkpoint", async () => {
    const folder = join(root, "diverged");
    const wild = configOf({ learningRate: 1e30, warmupEpochs: 0 });
    await expect(train(wild, data, { out: folder })).rejects.toThrow(
      /step \d+: expected a finite loss, found NaN; the checkpoint of step 0 is kept/,
    );
    expect((await (await loadRun(folder)).trained()).step).toBe(0);
    expect(existsSync(join(folder, "run.lock"))).toBe(false);
  });
});

it.each(["supce", "supfine"] as const)("trains %s", async (method) => {
  const result = await train(configOf({ method, steps: 1, coarseWeight: 0.5 }), data, { out: join(root, method) });
  expect(result).toMatchObject({ reason: "finished", step: 1 });
});
