import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunOptions, type RunRecord, resolveConfig } from "../config/index.ts";
import { random } from "../core/index.ts";
import { type Dataset, imagesAt, type LoadedData } from "../data/index.ts";
import type { TrainEvent } from "../run/events.ts";
import { evaluateEncoder, loadRun, readEvaluation, runPaths, runStates } from "../run/index.ts";
import { train } from "./index.ts";

const side = 16;

/** Noise around four patterns (fine) in two colours (coarse). */
function tinySet(name: string, length: number, classes = 2): Dataset {
  const pixels = new SharedArrayBuffer(length * side * side * 3);
  const bytes = new Uint8Array(pixels);
  const fine = Int32Array.from({ length }, (_, i) => i % (2 * classes));
  const coarse = fine.map((label) => label >> 1);
  for (let i = 0; i < length; i++) {
    const rng = random(name.length, i);
    for (let p = 0; p < side * side * 3; p++) {
      const pattern = (Math.floor(p / 3) >> (fine[i]! & 1 ? 0 : 4)) & 1;
      bytes[i * side * side * 3 + p] = 60 * pattern + (p % 3 === coarse[i]! ? 120 : 0) + rng.integer(60);
    }
  }
  return {
    name,
    length,
    coarseClasses: Array.from({ length: classes }, (_, i) => `coarse ${i}`),
    fineClasses: Array.from({ length: 2 * classes }, (_, i) => `fine ${i}`),
    coarse,
    fine,
    ids: (index) => `${name}-${index}`,
    source: { kind: "memory", width: side, height: side, pixels },
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  };
}

const data: LoadedData = {
  name: "tiny",
  train: tinySet("tiny train", 44),
  test: tinySet("tiny test", 20),
  skipped: [],
};
const tiny: RunOptions = {
  backbone: "resnet20",
  imageSize: side,
  batchSize: 8,
  queueSize: 20,
  embeddingDim: 8,
  learningRate: 0.05,
  epochs: 3,
  evalEvery: 2,
  workers: 1,
  strong: "crop-flip",
};
const configOf = (options: RunOptions = {}) => resolveConfig({ flags: { ...tiny, ...options } });

let root: string;
/** Kernels of the first run: others that are to compute the same bits take the same. */
let plan: RunRecord["plan"];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "maskcon-train-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const metricsOf = (folder: string) =>
  readFileSync(runPaths(folder).metrics, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent);
const stepsOf = (folder: string) =>
  metricsOf(folder).flatMap((e) => (e.event === "step" ? [[e.step, e.epoch, e.loss, e.learningRate]] : []));
const lastOf = (folder: string) => readFileSync(join(runPaths(folder).checkpoints, "last.safetensors"));

/** Trains until `steps` more were made, then interrupts. */
async function trainFor(folder: string, steps: number, resume = false) {
  const stop = new AbortController();
  let made = 0;
  const onEvent = (event: TrainEvent) => {
    if (event.event === "step" && ++made === steps) stop.abort();
  };
  return train(configOf(), data, { out: folder, resume, plan, signal: stop.signal, onEvent });
}

it("warns where no two test images share a fine class", async () => {
  const lone = tinySet("tiny test", 4);
  const test = { ...lone, fine: Int32Array.of(0, 1, 2, 3) };
  const out = join(root, "lone");
  await train(configOf({ steps: 1, epochs: 1 }), { ...data, test }, { out });
  expect(metricsOf(out).filter(({ event }) => event === "warning")).toMatchObject([
    { message: expect.stringMatching(/^no two test images share a fine class, so only the coarse .*--test-fraction/) },
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
    { message: "20 of the 20 test images are among the training images, too" },
  ]);
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
    plan = (await loadRun(straight)).record.plan;
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

describe("initial weights", () => {
  it("come from a safetensors file, into both encoders and the frozen baseline", async () => {
    const source = join(root, "source");
    await train(configOf({ steps: 2 }), data, { out: source });
    const init = runPaths(source).initial;
    const folder = join(root, "initialised");
    await train(configOf({ steps: 1, seed: 5, init }), data, { out: folder });
    expect(await (await loadRun(folder)).initial()).toEqual(await (await loadRun(source)).initial());
  });

  it("are known by their content: a run goes on without the file, and with it elsewhere, and under no other", async () => {
    const folder = join(root, "initialised");
    const source = runPaths(join(root, "source")).initial;
    const [moved, other] = [join(root, "moved.safetensors"), join(root, "other.safetensors")];
    copyFileSync(source, moved);
    copyFileSync(join(runPaths(folder).checkpoints, "last.safetensors"), other);
    const again = (init: string) => train(configOf({ steps: 1, seed: 5, init }), data, { out: folder, resume: true });
    await again(moved);
    rmSync(moved);
    expect(await again(moved)).toMatchObject({ reason: "finished" });
    await expect(again(other)).rejects.toThrow(/--init: expected ".*moved\.safetensors", as .* says, found ".*other/);
  });

  it("are the average's too, which is the query encoder until its window begins", async () => {
    const init = runPaths(join(root, "source")).initial;
    const recalls = [];
    for (const encoder of ["query", "average"] as const) {
      const folder = join(root, `averaged-${encoder}`);
      const options = { steps: 10, seed: 5, init, averageEpochs: 0.2, encoder, evalEvery: 1 };
      await train(configOf(options), data, { out: folder });
      recalls.push(metricsOf(folder).flatMap((e) => (e.event === "eval" && e.step < 10 ? [e.recall] : [])));
    }
    expect(recalls[0]!.length).toBeGreaterThan(1);
    expect(recalls[1]).toEqual(recalls[0]);
  });

  it("is evaluated again once another encoder is asked for", async () => {
    const folder = join(root, "averaged-query");
    await train(
      configOf({
        steps: 10,
        seed: 5,
        init: runPaths(join(root, "source")).initial,
        averageEpochs: 0.2,
        evalEvery: 1,
        encoder: "key",
      }),
      data,
      { out: folder, resume: true },
    );
    const last = metricsOf(folder).findLast((e) => e.event === "eval");
    const { weights } = await (await loadRun(folder)).trained("key");
    expect(last).toMatchObject({ step: 10, recall: await evaluateEncoder(configOf({}), weights, data.test!) });
  });

  it("of another backbone are refused by name", async () => {
    const init = runPaths(join(root, "source")).initial;
    const other = train(configOf({ backbone: "resnet32", init }), data, { out: join(root, "other") });
    await expect(other).rejects.toThrow(
      /initial\.safetensors: expected the \d+ weights of the backbone, all under "query_encoder\.net\.", found missing/,
    );
    expect(existsSync(join(root, "other"))).toBe(false);
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
  expect(lastOf(halved)).toEqual(lastOf(whole));
  const run = await loadRun(whole);
  const weights = async (encoder?: "query" | "key") => (await run.trained(encoder)).weights;
  const [average, query, key] = [await weights(), await weights("query"), await weights("key")];
  expect(Object.keys(average)).toEqual(Object.keys(query));
  expect(average).not.toEqual(query);
  expect(key).not.toEqual(query);
  expect(result.trained).toEqual(await evaluateEncoder(run.record.config, average, data.test!));
});

it.each(["supce", "supfine"] as const)("trains %s", async (method) => {
  const result = await train(configOf({ method, steps: 1, coarseWeight: 0.5 }), data, { out: join(root, method) });
  expect(result).toMatchObject({ reason: "finished", step: 1 });
});
