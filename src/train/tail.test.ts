import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportedFeatures, worstDifference } from "../../test/exported-model.ts";
import { noiseConstant, smallConvolutions } from "../../test/foreign-models.ts";
import { data, lastOf, metricsOf, stepsOf, tinySet } from "../../test/tiny-run.ts";
import { openTrunk } from "../backbone/index.ts";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import { random, type Tensors } from "../core/index.ts";
import { evaluateFeatures } from "../eval/index.ts";
import { exportModelEncoder } from "../export/index.ts";
import { embedWithRun, loadRun, readEvaluation } from "../run/index.ts";
import { compileEncoder, compileStep, type Step } from "../step/index.ts";
import { chooseWhitening, inspectBackbone, loadEncoders, openTail, stepOptions, train } from "./index.ts";

let root: string;
let model: `${string}.onnx`;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "maskcon-tail-"));
  model = join(root, "small.onnx") as `${string}.onnx`;
  writeFileSync(model, smallConvolutions());
});
afterAll(() => rmSync(root, { recursive: true }));

const configOf = (options: RunOptions = {}) =>
  resolveConfig({
    flags: {
      ...{ backbone: model, normalization: "half", cacheDir: join(root, "cache"), imageSize: 16, views: 4 },
      ...{ batchSize: 8, queueSize: 20, embeddingDim: 8, steps: 6, workers: 1, evalEvery: 0, strong: "crop-flip" },
      ...{ trainable: "tail:1", ...options },
    },
  });
const run = (name: string, options: RunOptions = {}, more: Partial<Parameters<typeof train>[2]> = {}) =>
  train(configOf(options), data, { out: join(root, name), ...more });

const trunkOf = async (name: string) => {
  const { weights } = await (await loadRun(join(root, name))).trained();
  const prefix = "query_encoder.net.trunk.";
  return new Map(
    Object.entries(weights).flatMap(([name, { data }]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), data] as const] : [],
    ),
  );
};

describe("training the last blocks of a model, or all of it", () => {
  it("trains the head first, and measures the model alone, whitened, with the head, and trained", async () => {
    const result = await run("tail");
    expect(result.reason).toBe("finished");
    const opened = await loadRun(join(root, "tail"));
    const { frozen, whitened, head, trained } = await readEvaluation(opened.paths);
    expect({ frozen, whitened, head, trained }).toEqual({
      ...{ frozen: result.frozen, whitened: result.whitened, head: result.head, trained: result.trained },
    });
    const encoders = metricsOf(join(root, "tail")).flatMap((e) => (e.event === "eval" ? [e.encoder] : []));
    expect(encoders).toEqual(["frozen", "whitened", "head", "trained"]);
    const first = await readEvaluation((await loadRun(join(root, "tail/head"))).paths);
    expect({ frozen, whitened, trained: head }).toEqual({
      ...{ frozen: first.frozen, whitened: first.whitened, trained: first.trained },
    });
    expect(result.trained?.coarse["1"]).toBeGreaterThan(0.9);
  });

  it("changes the numbers behind the cut alone", async () => {
    expect([...(await trunkOf("tail")).keys()].sort()).toEqual(["be", "we"]);
    await run("all", { trainable: "all", init: join(root, "tail/head") });
    const all = await trunkOf("all");
    expect([...all.keys()].sort()).toEqual(["ba", "bc", "be", "wa", "wc", "we"]);
    const own = { wa: noiseConstant(8, 3, 3, 3).floats, be: noiseConstant(12).floats };
    for (const [name, before] of Object.entries(own)) {
      const moved = before.map((value, i) => Math.abs(value - all.get(name)![i]!));
      expect(Math.max(...moved), name).toBeGreaterThan(1e-6);
      expect(Math.max(...moved), name).toBeLessThan(0.01);
    }
  });

  it("embeds as every encoder of it was measured, and exports the same in one file", async () => {
    for (const name of ["tail", "all"]) {
      const opened = await loadRun(join(root, name));
      const untrained = await opened.untrained();
      expect(untrained.map(({ name }) => name)).toEqual(["frozen", "whitened", "head"]);
      const { weights } = await opened.trained();
      const { features, dim } = await embedWithRun(opened, data.test!);
      const { features: before } = await embedWithRun(opened, data.test!, { weights: untrained[2]!.weights });
      expect([...before]).not.toEqual([...features]);
      const file = join(root, `${name}.onnx`);
      const { normalization } = opened.record.dataset;
      const about = { imageSize: 16, normalization, method: "maskcon", configDigest: "" };
      await exportModelEncoder({ model, digest: opened.record.model, tensors: weights, ...about, file });
      const found = await exportedFeatures(file);
      expect(found.length).toBe(20 * dim);
      expect(worstDifference(found, features)).toBeLessThan(1e-5);
    }
  });

  it("resumes to the same bits, from a stop in either stage", async () => {
    const stopAt = (step: number, times: number) => {
      const stop = new AbortController();
      let seen = 0;
      const onEvent = (e: { event: string; step: number }) =>
        void (e.event === "step" && e.step === step && ++seen === times && stop.abort());
      return { signal: stop.signal, onEvent };
    };
    expect((await run("halves", {}, stopAt(3, 1))).step).toBe(0);
    expect((await run("halves", {}, { ...stopAt(3, 1), resume: true })).reason).toBe("interrupted");
    expect(existsSync(join(root, "halves/head/eval.json"))).toBe(true);
    expect((await run("halves", {}, { resume: true })).reason).toBe("finished");
    expect(stepsOf(join(root, "halves"))).toEqual(stepsOf(join(root, "tail")));
    expect(lastOf(join(root, "halves")).equals(lastOf(join(root, "tail")))).toBe(true);
  });

  it.each([
    ["supce", {}],
    ["selfcon", { coarseWeight: 1 }],
    ["maskcon", { maskOwnKeys: true, averageEpochs: 1, softWeightEnd: 0.5 }],
    ["maskcon", { positiveOwnKeys: true, crops: 2 }],
    ["selfcon", { trainable: "all", crops: 2 }],
  ] as const)("trains %s with %j", async (method, options) => {
    const result = await run(`method ${method} ${Object.keys(options)}`, { method, ...options });
    expect(result.trained?.coarse["1"]).toBeGreaterThan(0.8);
  });

  it("measures the model alone on its own images where its head is of a run on others", async () => {
    const others = { ...data, test: tinySet("other test images", 30) };
    const config = configOf({ init: join(root, "tail/head"), steps: 1 });
    const { frozen, whitened, head } = await train(config, others, { out: join(root, "others") });
    const opened = await loadRun(join(root, "others"));
    const measured = new Map<string, unknown>();
    for (const { name, weights } of await opened.untrained()) {
      const { features, dim } = await embedWithRun(opened, others.test, { weights });
      measured.set(name, await evaluateFeatures(features, dim, others.test));
    }
    expect({ frozen, whitened, head }).toEqual(Object.fromEntries(measured));
    expect(frozen).not.toEqual((await readEvaluation((await loadRun(join(root, "tail/head"))).paths)).frozen);
  });

  it("refuses a head that is not one of this model, and more blocks than there are", async () => {
    const other = join(root, "other.onnx") as `${string}.onnx`;
    writeFileSync(other, Buffer.concat([readFileSync(model), Buffer.of(0x2a, 0x01, 0x61)]));
    await expect(run("foreign", { backbone: other, init: join(root, "tail/head") })).rejects.toThrow(
      /expected a run behind .*other\.onnx with --trainable head, found .*small\.onnx; leave --init out/,
    );
    await expect(run("deep", { init: join(root, "tail") })).rejects.toThrow(/found tail:1; leave --init out/);
    await expect(run("many", { trainable: "tail:9", init: join(root, "tail/head") })).rejects.toThrow(/tail:9|blocks/);
  });
});

describe("a program of its own over the last blocks of a model", () => {
  const rng = random(3, 1);
  const noise = Float32Array.from({ length: 8 * 768 }, () => rng.normal());

  /** A step over `backbone`, closed afterwards. */
  async function withStep<T>(choices: Parameters<typeof stepOptions>[2], work: (step: Step) => Promise<T>): Promise<T> {
    const step = await compileStep(stepOptions(configOf({ averageEpochs: 1 }), 2, choices));
    try {
      return await work(step);
    } finally {
      await step.close();
    }
  }

  it.each(["tail:1", "tail:2", "all"] as const)(
    "%s starts as the model, in every encoder, and learns",
    async (depth) => {
      const tail = await openTail({ file: model, trainable: depth });
      const trunk = await openTrunk({ file: model });
      const { backbone, tensors } = tail;
      const parameterGroups = tail.parameterGroups({ layerDecay: 0.75, headRate: 10 });
      await withStep({ backbone, parameterGroups }, async (step) => {
        await loadEncoders(step, tensors);
        const state = await step.save();
        for (const [name, { data }] of Object.entries(tensors)) {
          for (const encoder of ["query", "key", "average"]) {
            expect(state[name.replace("query", encoder)]?.data, `${encoder} ${name}`).toEqual(data);
          }
        }
        const encoder = await compileEncoder({ backbone, imageSize: 16, batchSize: 8, device: "cpu" });
        await encoder.load(state);
        const inputs = await tail.inputs(noise);
        expect(inputs.length).toBe(tail.inputShape.reduce((a, b) => a * b, 8));
        const [found, expected] = [await encoder.embed(inputs), await trunk.embed(noise)];
        await encoder.close();
        expect(found.length).toBe(expected.length);
        for (const [i, value] of expected.entries()) expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5);

        const coarseLabels = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
        await step.fillQueue({ key: inputs, coarseLabels });
        await step.run({ query: inputs, key: inputs, coarseLabels, learningRate: 1e-3 });
        const after = await step.save();
        for (const name of Object.keys(tensors)) expect(after[name]!.data, name).not.toEqual(state[name]!.data);
      });
      await trunk.close();
      await tail.close();
    },
  );

  it("whitens by tensors that a step without whitening refuses", async () => {
    const trunk = await openTrunk({ file: model });
    const features = await trunk.embed(noise);
    await trunk.close();
    const coarse = Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1);
    const { whitening, tensors } = await chooseWhitening({ features, dim: 12, coarse, most: 5 });
    expect(whitening.width).toBe(5);
    const load = (whitened: number | undefined) =>
      withStep({ backbone: { features: 12, whitened } }, async (step): Promise<Tensors> => {
        await loadEncoders(step, { ...tensors, queue: { dtype: "float32", shape: [1], data: new Float32Array(1) } });
        return step.save();
      });
    expect((await load(5))["key_encoder.net.whitening.weight"]?.data).toEqual(whitening.weight);
    await expect(load(undefined)).rejects.toThrow(
      /^loadEncoders: expected names of the step's encoders, found query_encoder\.net\.whitening\.mean, .*; compile/,
    );
    await expect(load(4)).rejects.toMatchObject({ code: "shape" });
  });

  it("is refused what it has no blocks for", async () => {
    const { cuts, refusals } = await inspectBackbone(model);
    expect([cuts.length, refusals]).toEqual([2, {}]);
    await expect(openTail({ file: model, trainable: "tail:3" })).rejects.toThrow("expected tail:1 to tail:2, found 3");
    for (const trainable of ["tail:0", "tail:x", "head"]) {
      await expect(openTail({ file: model, trainable: trainable as "all" })).rejects.toThrow(
        `--trainable: expected tail:N or all, found "${trainable}"`,
      );
    }
    const tail = await openTail({ file: model, trainable: "all" });
    await expect(tail.inputs(noise.subarray(1))).rejects.toThrow("whole images of 768 numbers, found 6143 numbers");
    await expect(async () => stepOptions(configOf(), 2)).rejects.toThrow(/found a model from a file; use `train`/);
  });
});
