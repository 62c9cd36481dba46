import { describe, expect, it } from "vitest";
import { random, type Tensors } from "../core/index.ts";
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
  adamw: { weightDecay: 0.1 },
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

const parametersOf = (state: Tensors): [string, Float32Array][] =>
  Object.keys(state)
    .filter((name) => name.startsWith("adamw_mean."))
    .map((name) => name.replace("adamw_mean.", ""))
    .map((name) => [name, state[`query_encoder.${name}`]!.data as Float32Array]);

describe("AdamW", () => {
  it("follows Loshchilov and Hutter's Algorithm 2 in float64, biases undecayed", async () => {
    await withStep({}, async (step) => {
      const start = await step.save();
      const expected = new Map(parametersOf(start).map(([name, data]) => [name, Float64Array.from(data)]));
      const moments = new Map(
        [...expected].map(([name, { length }]) => [name, [0, 0].map(() => new Float64Array(length))]),
      );
      for (let t = 1; t <= 5; t++) {
        const { learningRate, ...rest } = batch(t - 1);
        const { gradients } = await step.run({ ...rest, learningRate });
        for (const [name, p] of expected) {
          const gradient = gradients![name]!;
          const decay = gradient.shape.length > 1 ? 0.1 : 0;
          const [m, v] = moments.get(name)! as [Float64Array, Float64Array];
          for (let i = 0; i < p.length; i++) {
            const g = gradient.data[i] as number;
            m[i] = 0.9 * m[i]! + 0.1 * g;
            v[i] = 0.999 * v[i]! + 0.001 * g * g;
            const direction = m[i]! / (1 - 0.9 ** t) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
            p[i] = p[i]! - learningRate * (decay * p[i]! + direction);
          }
        }
      }
      const state = await step.save();
      for (const [name, data] of parametersOf(state)) {
        const wanted = expected.get(name)!;
        const difference = Math.max(...data.map((value, i) => Math.abs(value - wanted[i]!)));
        expect(difference, name).toBeLessThan(1e-5);
      }
      expect([...state.adamw_steps!.data]).toEqual([5]);
    });
  });

  it("continues from a saved state as if it had not stopped", async () => {
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
  });

  it.each([
    [{ adamw: { weightDecay: 0.1, beta2: 1 } }, "adamw.beta2: expected a number from 0 to below 1, found 1"],
    [{ adamw: { weightDecay: -1 } }, "adamw.weightDecay: expected a number of 0 or more, found -1"],
    [{ adamw: { weightDecay: 0, epsilon: 0 } }, "adamw.epsilon: expected a number above 0, found 0"],
    [{ adamw: undefined }, "sgd, adamw: expected one of the two, found neither"],
    [{ sgd: { momentum: 0.9, weightDecay: 0 } }, "sgd, adamw: expected one of the two, found both"],
  ])("%j is refused", async (more, message) => {
    await expect(compileStep({ ...options, ...more })).rejects.toThrow(message);
  });
});

describe("an adapter", () => {
  it("begins as the whitened features, and keeps the whitening while it trains", async () => {
    const rng = random(9);
    const mean = Float32Array.from({ length: 6 }, () => rng.normal());
    const weight = Float32Array.from({ length: 24 }, () => rng.normal());
    const whitening = (encoder: string): Tensors => ({
      [`${encoder}_encoder.net.whitening.mean`]: { dtype: "float32", shape: [6], data: mean },
      [`${encoder}_encoder.net.whitening.weight`]: { dtype: "float32", shape: [4, 6], data: weight },
    });
    await withStep({ averaging: true }, async (step) => {
      await step.load({ ...whitening("query"), ...whitening("key"), ...whitening("average") });
      for (let i = 0; i < 3; i++) await step.run(batch(i));
      const state = await step.save();
      for (const encoder of ["query", "key", "average"]) {
        for (const [name, tensor] of Object.entries(whitening(encoder))) expect(state[name]).toEqual(tensor);
      }
      expect(state["query_encoder.net.adapter.2.weight"]!.data.some((value) => value !== 0)).toBe(true);
    });
  });

  it.each([
    [{ features: 0 }, "backbone.features: expected a whole number of at least 1, found 0"],
    [{ features: 4, whitened: 5 }, "backbone.whitened: expected a whole number from 1 to 4, found 5"],
  ])("%j is refused", async (backbone, message) => {
    await expect(compileStep({ ...options, backbone })).rejects.toThrow(message);
  });
});
