import { describe, expect, it } from "vitest";
import { random } from "../core/index.ts";
import { compileStep, type Step, type StepBatch, type StepOptions } from "./index.ts";

const options: StepOptions = {
  backbone: { features: 6, whitened: 4 },
  imageSize: 32,
  batchSize: 8,
  embeddingDim: 5,
  coarseClasses: 2,
  queueSize: 16,
  method: { name: "maskcon", softWeight: 0.75, softTemperature: 0.25, coarseWeight: 0.5 },
  temperature: 0.1,
  keyMomentum: 0.9,
  adamw: { weightDecay: 0.1, clipNorm: 1 },
  parameterGroups: { "net.": { rateScale: 0.5 }, "net.adapter.0.weight": { rateScale: 0 } },
  device: "cpu",
  seed: 3,
  threads: 1,
  debug: { gradients: true },
};

function batch(number: number): StepBatch {
  const rng = random(5, number);
  const features = () => Float32Array.from({ length: 8 * 6 }, () => rng.normal());
  const coarseLabels = Int32Array.from({ length: 8 }, (_, i) => i % 2);
  return { query: features(), key: features(), coarseLabels, learningRate: 0.01 * (number + 1) };
}

async function withStep<T>(more: Partial<StepOptions>, use: (step: Step) => Promise<T>): Promise<T> {
  const step = await compileStep({ ...options, ...more });
  try {
    return await use(step);
  } finally {
    await step.close();
  }
}

const frozen = "query_encoder.net.adapter.0.weight";

describe("a frozen parameter", () => {
  it.each([
    { adamw: { weightDecay: 0.1, clipNorm: 1 } },
    { adamw: undefined, sgd: { momentum: 0.9, weightDecay: 0.1, clipNorm: 1 } },
  ])("keeps its bits, and is no part of the norm: %o", async (optimizer) => {
    await withStep(optimizer, async (step) => {
      const before = await step.save();
      for (let i = 0; i < 3; i++) {
        const { gradients, gradientNorm } = await step.run(batch(i));
        const numbers = Object.values(gradients!).flatMap(({ data }) => [...data]);
        expect(gradientNorm! / Math.hypot(...numbers)).toBeCloseTo(1, 5);
        expect(gradients!["net.adapter.0.weight"]!.data.every((value) => value === 0)).toBe(true);
      }
      const after = await step.save();
      expect(after[frozen]).toEqual(before[frozen]);
      const moved = Object.keys(after).filter((name) => /^query_encoder\..*(adapter|proj|class)/.test(name));
      for (const name of moved) if (name !== frozen) expect(after[name], name).not.toEqual(before[name]);
    });
  });
});

describe("groups and clipping", () => {
  it("leave gradients of debugging as they are before", async () => {
    const first = (more: Partial<StepOptions>) => withStep(more, (step) => step.run(batch(0)));
    const plain = await first({ parameterGroups: {}, adamw: { weightDecay: 0.1 } });
    const clipped = await first({ parameterGroups: {}, adamw: { weightDecay: 0.1, clipNorm: 1e-3 } });
    expect(clipped.gradientNorm).toBeGreaterThan(1e-2);
    expect(clipped.gradients).toEqual(plain.gradients);
    expect(plain.gradientNorm).toBeUndefined();
  });

  it("continue from a saved state as if they had not stopped, in the state that a step without them has", async () => {
    const run = async (step: Step, from: number, to: number) => {
      for (let i = from; i < to; i++) await step.run(batch(i));
      return step.save();
    };
    const whole = await withStep({}, (step) => run(step, 0, 4));
    const half = await withStep({}, (step) => run(step, 0, 2));
    const resumed = await withStep({}, async (step) => {
      await step.load(half);
      return run(step, 2, 4);
    });
    expect(resumed).toEqual(whole);
    await withStep({ parameterGroups: {}, adamw: { weightDecay: 0.1 } }, async (step) => {
      await step.load(half);
      expect(await step.save()).toEqual(half);
    });
  });

  it.each([
    [{ parameterGroups: { "net.adapter.": { rateScale: -1 } } }, '["net.adapter."].rateScale: expected a number of 0'],
    [{ parameterGroups: { "net.": { rateScale: Number.NaN } } }, "expected a number of 0 or more, found NaN"],
    [{ parameterGroups: { "net.": { rateScale: 1e39 } } }, "expected a number of 0 or more, found 1e+39"],
    [
      { parameterGroups: { "net.adaptor.": { rateScale: 1 }, "net.": {} } },
      /^parameterGroups: expected names of parameters, as net\.adapter\.0\.weight, .* found "net\.adaptor\."$/,
    ],
    [{ parameterGroups: { "net.adapter": { rateScale: 1 } } }, 'found "net.adapter"'],
    [{ parameterGroups: { "projector.1.weight": { rateScale: 1 } } }, 'found "projector.1.weight"'],
    [{ adamw: { weightDecay: 0, clipNorm: 0 } }, "adamw.clipNorm: expected a number above 0, found 0"],
    [{ adamw: { weightDecay: 0, clipNorm: Number.NaN } }, "adamw.clipNorm: expected a number above 0, found NaN"],
    [
      { adamw: undefined, sgd: { momentum: 0, weightDecay: 0, clipNorm: Number.POSITIVE_INFINITY } },
      "sgd.clipNorm: expected a number above 0, found Infinity",
    ],
  ])("%j is refused", async (more, message) => {
    await expect(compileStep({ ...options, ...more })).rejects.toThrow(message);
  });

  it("name heads that the method does not have", async () => {
    const parameterGroups = { "projector.": { rateScale: 10 }, "classifier.": { rateScale: 10 } };
    await withStep({ method: { name: "supce" }, parameterGroups }, (step) => step.run(batch(0)));
    await withStep({ method: { name: "selfcon" }, parameterGroups }, (step) => step.run(batch(0)));
  });
});
