import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportedFeatures, worstDifference } from "../../test/exported-model.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { node, putModel, value } from "../../test/joined-models.ts";
import { data, lastOf, metricsOf, stepsOf } from "../../test/tiny-run.ts";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import { exportModelEncoder } from "../export/index.ts";
import { embedWithRun, loadRun, readEvaluation } from "../run/index.ts";
import { train } from "./index.ts";

let root: string;
let model: `${string}.onnx`;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "maskcon-head-"));
  model = join(root, "means.onnx") as `${string}.onnx`;
  writeFileSync(model, channelMeans());
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (options: RunOptions = {}) =>
  resolveConfig({
    flags: {
      ...{ backbone: model, normalization: "half", cacheDir: join(root, "cache"), imageSize: 16, views: 4 },
      ...{ batchSize: 8, queueSize: 20, embeddingDim: 8, steps: 12, workers: 1, evalEvery: 0, strong: "crop-flip" },
      ...options,
    },
  });

const run = (name: string, options: RunOptions = {}, more: Partial<Parameters<typeof train>[2]> = {}) =>
  train(configOf(options), data, { out: join(root, name), ...more });

describe("training behind a model from a file", () => {
  it("measures the model alone, whitened and trained, and keeps all three", async () => {
    const result = await run("three");
    expect(result.reason).toBe("finished");
    const { frozen, whitened, trained } = await readEvaluation((await loadRun(join(root, "three"))).paths);
    expect({ frozen, whitened, trained }).toEqual({
      frozen: result.frozen,
      whitened: result.whitened,
      trained: result.trained,
    });
    const encoders = metricsOf(join(root, "three")).flatMap((e) => (e.event === "eval" ? [e.encoder] : []));
    expect(encoders).toEqual(["frozen", "whitened", "trained"]);
    expect(result.trained?.coarse["1"]).toBeGreaterThan(0.9);
  });

  it("embeds images as it measured them", async () => {
    const opened = await loadRun(join(root, "three"));
    const raw = await embedWithRun(opened, data.test!, { weights: {} });
    expect(raw.dim).toBe(3);
    const { features, dim } = await embedWithRun(opened, data.test!);
    expect([dim, features.length]).toEqual([3, 60]);
    const [, whitened] = await opened.untrained();
    const white = await embedWithRun(opened, data.train, { weights: whitened!.weights });
    const mean = white.features.reduce((sum, value) => sum + value, 0) / white.features.length;
    expect(mean).toBeCloseTo(0, 4);
  });

  it("exports in one file what it embeds with", async () => {
    const opened = await loadRun(join(root, "three"));
    const { features } = await embedWithRun(opened, data.test!);
    const { weights } = await opened.trained();
    const { normalization } = opened.record.dataset;
    const about = { imageSize: 16, normalization, method: "maskcon", configDigest: "" };
    const file = join(root, "three.onnx");
    await exportModelEncoder({ model, digest: opened.record.model, tensors: weights, ...about, file });
    const found = await exportedFeatures(file);
    expect(found.length).toBe(features.length);
    expect(worstDifference(found, features)).toBeLessThan(1e-5);
  });

  it("takes a share of what the adapter learned", async () => {
    await run("all");
    await run("half", { adapterShare: 0.5 });
    const opened = await loadRun(join(root, "half"));
    const [, whitened] = await opened.untrained();
    const { features: half } = await embedWithRun(opened, data.test!);
    const { features: none } = await embedWithRun(opened, data.test!, { weights: whitened!.weights });
    const { features: all } = await embedWithRun(await loadRun(join(root, "all")), data.test!);
    expect(Math.max(...all.map((value, i) => Math.abs(value - none[i]!)))).toBeGreaterThan(0.01);
    half.forEach((value, i) => {
      expect(value).toBeCloseTo((none[i]! + all[i]!) / 2, 5);
    });
  });

  it("resumes to the same bits", async () => {
    await run("whole");
    const stop = new AbortController();
    const stopping = {
      signal: stop.signal,
      onEvent: (e: { event: string; step: number }) => void (e.step === 5 && stop.abort()),
    };
    expect((await run("halves", {}, stopping)).reason).toBe("interrupted");
    await run("halves", {}, { resume: true });
    expect(stepsOf(join(root, "halves"))).toEqual(stepsOf(join(root, "whole")));
    expect(lastOf(join(root, "halves")).equals(lastOf(join(root, "whole")))).toBe(true);
  });

  it("resumes to the same bits with several crops and own keys that are positives, and refuses others", async () => {
    const options = { crops: 2, positiveOwnKeys: true };
    await run("crops", options);
    expect(stepsOf(join(root, "crops"))).not.toEqual(stepsOf(join(root, "whole")));
    const stop = new AbortController();
    const onEvent = (e: { event: string; step: number }) => void (e.step === 5 && stop.abort());
    await run("crops, halved", options, { signal: stop.signal, onEvent });
    const resume = { resume: true };
    await expect(run("crops, halved", { ...options, crops: 3 }, resume)).rejects.toThrow(
      /--crops: expected 2, as .*config\.json says, found 3; leave it out/,
    );
    await expect(run("crops, halved", { crops: 2 }, resume)).rejects.toThrow(/--positive-own-keys: expected true/);
    await run("crops, halved", options, resume);
    expect(stepsOf(join(root, "crops, halved"))).toEqual(stepsOf(join(root, "crops")));
    expect(lastOf(join(root, "crops, halved")).equals(lastOf(join(root, "crops")))).toBe(true);
  });

  it("is interrupted while it caches, and resumes", async () => {
    const cacheDir = join(root, "cold");
    const stop = new AbortController();
    const onEvent = (e: { event: string }) => void (e.event === "progress" && stop.abort());
    const stopped = await run("cold", { cacheDir }, { signal: stop.signal, onEvent });
    expect([stopped.reason, stopped.step]).toEqual(["interrupted", 0]);
    expect((await run("cold", { cacheDir }, { resume: true })).reason).toBe("finished");
    expect(lastOf(join(root, "cold")).equals(lastOf(join(root, "three")))).toBe(true);
  });

  it("resumes with the model at another place, and refuses another model", async () => {
    const stop = new AbortController();
    stop.abort();
    await run("moved", {}, { signal: stop.signal });
    const stopping = new AbortController();
    const onEvent = (e: { event: string; step: number }) => void (e.step === 3 && stopping.abort());
    await run("moved", {}, { resume: true, signal: stopping.signal, onEvent });
    const elsewhere = join(root, "elsewhere.onnx") as `${string}.onnx`;
    copyFileSync(model, elsewhere);
    const other = join(root, "other.onnx") as `${string}.onnx`;
    writeFileSync(other, channelMeans("s", "N", { outputs: { features: ["M", 3] } }));
    const refusal = "expected the model that the run was trained behind, found another";
    await expect(run("moved", { backbone: other }, { resume: true })).rejects.toThrow(refusal);
    // Also where it stands in the old one's place.
    const own = readFileSync(model);
    copyFileSync(other, model);
    await expect(run("moved", {}, { resume: true })).rejects.toThrow(refusal);
    writeFileSync(model, own);
    const done = await run("moved", { backbone: elsewhere }, { resume: true });
    expect(done.reason).toBe("finished");
    expect((await loadRun(join(root, "moved"))).record.config.backbone).toBe(elsewhere);
  });

  it("without whitening begins as the model", async () => {
    const result = await run("raw", { whiten: 0, steps: 1 });
    expect(result.whitened).toBeUndefined();
    expect(result.frozen).toEqual((await readEvaluation((await loadRun(join(root, "three"))).paths)).frozen);
  });

  it.each([
    ["supce", {}],
    ["supfine", {}],
    ["maskcon", { maskOwnKeys: true, averageEpochs: 1, coarseWeight: 0.5 }],
    ["maskcon", { positiveOwnKeys: true, crops: 2 }],
    ["selfcon", { positiveOwnKeys: true, crops: 3, coarseWeight: 1 }],
    ["supce", { crops: 2 }],
  ] as const)("trains %s with %j", async (method, options) => {
    const result = await run(`method ${method} ${Object.keys(options)}`, { method, ...options });
    expect(result.trained?.coarse["1"]).toBeGreaterThan(0.8);
  });

  it("is refused where its encoder could not be exported, before anything is cached or kept", async () => {
    const graph = {
      name: "trunk",
      node: [node("ReduceMean", "images", "features", { axes: [2, 3], keepdims: 0 })],
      input: [value("images", ["N", 3, 16, 16])],
      output: [value("features", ["N", 3])],
    };
    const options = { backbone: putModel(graph, { opset: 6 }) as `${string}.onnx`, cacheDir: join(root, "unused") };
    await expect(run("old", options)).rejects.toThrow(/trunk\.onnx: expected operator set 7 or later, found 6; export/);
    expect([existsSync(join(root, "unused")), existsSync(join(root, "old"))]).toEqual([false, false]);
  });

  it("is never told to guess a normalization", async () => {
    const { normalization: _, ...unknown } = configOf();
    await expect(train(unknown, data, { out: join(root, "unknown") })).rejects.toThrow(
      /expected to know how the model wants its images normalised.*--normalization/,
    );
    const given = async (more: object) => train({ ...unknown, ...more }, data, { out: join(root, "given") });
    await expect(given({ mean: "0.5,0.5,0.5" })).rejects.toThrow("--mean: expected --std beside it, found none");
    await expect(given({ mean: "1,1,1", std: "1,0,1" })).rejects.toThrow("--std: expected three numbers above 0");
  });
});
