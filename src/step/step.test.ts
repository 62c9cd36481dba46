import { describe, expect, it } from "vitest";
import { random, type Tensors } from "../core/index.ts";
import { compileStep, type Step, type StepBatch, type StepOptions } from "./index.ts";

const options: StepOptions = {
  backbone: "resnet20",
  imageSize: 8,
  batchSize: 4,
  embeddingDim: 8,
  coarseClasses: 2,
  queueSize: 10,
  method: { name: "maskcon", softWeight: 0.75, softTemperature: 0.25, coarseWeight: 0.5 },
  temperature: 0.1,
  keyMomentum: 0.9,
  sgd: { momentum: 0.9, weightDecay: 5e-4 },
  device: "cpu",
  seed: 3,
  threads: 1,
};

function batch(number: number, indices = [0, 1, 2, 3]): StepBatch {
  const rng = random(5, number);
  const images = () => Float32Array.from({ length: 4 * 3 * 64 }, () => rng.normal());
  return {
    query: images(),
    key: images(),
    coarseLabels: Int32Array.from([0, 1, 0, 1]),
    learningRate: 0.1,
    indices: Int32Array.from(indices),
  };
}

async function withStep<T>(more: Partial<StepOptions>, use: (step: Step) => Promise<T>): Promise<T> {
  const step = await compileStep({ ...options, ...more });
  try {
    return await use(step);
  } finally {
    await step.close();
  }
}

async function lossesOf(step: Step, batches: readonly StepBatch[]): Promise<number[]> {
  const losses: number[] = [];
  for (const each of batches) losses.push((await step.run(each)).loss);
  return losses;
}

describe("settings that come with the batch", () => {
  const scheduled = ["softWeight", "softTemperature", "coarseWeight"] as const;

  it("do what fixed ones do", async () => {
    const fixed = await withStep({}, (step) => lossesOf(step, [batch(0), batch(1), batch(2)]));
    const { name, ...settings } = options.method;
    const given = await withStep({ scheduled, method: { name } }, (step) =>
      lossesOf(
        step,
        [0, 1, 2].map((i) => ({ ...batch(i), settings })),
      ),
    );
    expect(given).toEqual(fixed.map((loss) => expect.closeTo(loss, 4)));
    expect(given[0]).toBeCloseTo(fixed[0]!, 6);
  });

  it("are missed in one line, and refused by a method without them", async () => {
    await withStep({ scheduled }, async (step) => {
      await expect(step.run(batch(0))).rejects.toThrow(
        "settings.softWeight: expected a number from 0 to 1 with every batch",
      );
    });
    await expect(compileStep({ ...options, scheduled, method: { name: "selfcon" } })).rejects.toThrow(
      "scheduled: expected settings of selfcon: coarseWeight, found softWeight",
    );
  });
});

describe("own earlier keys that are left out", () => {
  const fresh = [batch(0, [0, 1, 2, 3]), batch(1, [4, 5, 6, 7])];

  it("change nothing where no sample meets itself, and something where one does", async () => {
    const plain = await withStep({}, (step) => lossesOf(step, fresh));
    expect(await withStep({ maskOwnKeys: true }, (step) => lossesOf(step, fresh))).toEqual(
      plain.map((loss) => expect.closeTo(loss, 5)),
    );
    const again = [batch(0, [0, 1, 2, 3]), batch(1, [0, 1, 2, 3])];
    const masked = await withStep({ maskOwnKeys: true }, (step) => lossesOf(step, again));
    expect(masked[0]).toBeCloseTo(plain[0]!, 5);
    expect(Math.abs(masked[1]! - plain[1]!)).toBeGreaterThan(1e-3);
  });

  it("are remembered by place in the queue, through save and load", async () => {
    await withStep({ maskOwnKeys: true }, async (step) => {
      await lossesOf(step, [batch(0, [9, 8, 7, 6]), batch(1, [5, 4, 3, 2]), batch(2, [1, 0, 11, 12])]);
      const state = await step.save();
      expect([...state.queue_indices!.data]).toEqual([11, 12, 7, 6, 5, 4, 3, 2, 1, 0]);
      await withStep({ maskOwnKeys: true }, async (other) => {
        await other.load(state);
        expect(await other.save()).toEqual(state);
        expect(await lossesOf(other, [batch(3, [12, 0, 7, 30])])).toEqual(
          await lossesOf(step, [batch(3, [12, 0, 7, 30])]),
        );
      });
    });
  });

  it("need to know which images these are", async () => {
    await withStep({ maskOwnKeys: true }, async (step) => {
      const { indices: _, ...without } = batch(0);
      await expect(step.run(without)).rejects.toThrow("indices: expected 4 places of images");
    });
  });
});

describe("the average of the query encoder", () => {
  const name = "net.layer1.0.conv1.weight";
  const mean = "net.bn1.running_mean";

  it("starts as the query encoder, stays at rate 0, follows at rate 1 and is a mean at 1/2", async () => {
    await withStep({ averaging: true }, async (step) => {
      const at = async (part: string) => {
        const state = await step.save();
        return [state[`query_encoder.${part}`]!.data, state[`average_encoder.${part}`]!.data] as const;
      };
      const [initial, copied] = await at(name);
      expect(copied).toEqual(initial);
      await step.run(batch(0));
      expect((await at(name))[1]).toEqual(initial);
      await step.run({ ...batch(1), averageRate: 1 });
      const [first, followed] = await at(name);
      for (const [i, value] of followed.entries()) expect(value).toBeCloseTo(first[i]!, 6);
      const [firstMean] = await at(mean);
      await step.run({ ...batch(2), averageRate: 0.5 });
      const [second, averaged] = await at(name);
      for (const [i, value] of averaged.entries()) expect(value).toBeCloseTo((first[i]! + second[i]!) / 2, 6);
      const [secondMean, averagedMean] = await at(mean);
      for (const [i, value] of averagedMean.entries()) {
        expect(value).toBeCloseTo((firstMean[i]! + secondMean[i]!) / 2, 6);
      }
    });
  });

  it("changes nothing of the training, and its state is taken by a step without it", async () => {
    const batches = [batch(0), batch(1)];
    const plain = await withStep({}, (step) => lossesOf(step, batches));
    await withStep({ averaging: true }, async (step) => {
      expect(await lossesOf(step, batches)).toEqual(plain.map((loss) => expect.closeTo(loss, 5)));
      const state = await step.save();
      await withStep({}, (other) => other.load(state));
    });
  });
});

describe("values that would spoil the state", () => {
  it("are refused with the batch, and the state stays", async () => {
    await withStep({}, async (step) => {
      const before = await step.save();
      const bad = [
        [{ learningRate: Number.NaN }, "learningRate: expected a number of 0 or more, found NaN"],
        [{ coarseLabels: new BigInt64Array(4) }, "coarseLabels: expected an Int32Array, found BigInt64Array"],
        [{ query: new Float64Array(4 * 3 * 64) }, "query: expected float32 of 768 values, found Float64Array of 768"],
      ] as const;
      for (const [part, message] of bad) {
        await expect(step.run({ ...batch(0), ...part } as unknown as StepBatch)).rejects.toThrow(message);
      }
      expect(await step.save()).toEqual(before);
    });
  });

  it.each([
    [{ temperature: 1e-45 }, "temperature: expected a number above 0"],
    [{ imageSize: 7 }, "imageSize: expected a whole number of at least 8, found 7"],
    [{ backbone: "vgg" as "resnet20" }, "backbone: expected one of resnet18, "],
    [{ device: "gpu" as "cpu" }, 'device: expected one of cpu, webgpu, cuda, found "gpu"'],
    [{ seed: Number.NaN }, "seed: expected a whole number of 0 or more"],
    [{ threads: -1 }, "threads: expected a whole number of at least 1"],
    [{ lowering: "foo" as "auto" }, "lowering: expected auto or portable, found foo"],
    [{ sgd: { momentum: 0.9, weightDecay: Number.POSITIVE_INFINITY } }, "sgd.weightDecay: expected a number of 0"],
    [{ method: { name: "maskcon", softTemperature: 1e-46 } }, "method.softTemperature: expected a number above 0"],
  ] as const)("are refused among the options: %o", async (more, message) => {
    await expect(compileStep({ ...options, ...more })).rejects.toThrow(message);
  });

  it("are refused among loaded tensors", async () => {
    await withStep({}, async (step) => {
      const name = "query_encoder.net.bn1.weight";
      const strings = { dtype: "float32", shape: [16], data: new Array(16).fill("x") } as never;
      await expect(step.load({ [name]: strings })).rejects.toThrow(`${name}: expected float32 or int32 values`);
    });
  });
});

describe("a network whose vectors are kept in parts", () => {
  const large = { backbone: "resnet18", sgd: { momentum: 0.5, weightDecay: 0 }, averaging: true } as const;
  const dataOf = (tensors: Tensors, name: string) => tensors[name]!.data as Float32Array;

  it("updates every tensor by its own gradient, the key encoder by its query encoder", async () => {
    await withStep({ ...large, debug: { gradients: true } }, async (step) => {
      const before = await step.save();
      const { gradients } = await step.run({ ...batch(0), averageRate: 1 });
      const after = await step.save();
      const shared = Object.keys(gradients!).filter((name) => `key_encoder.${name}` in before);
      expect(shared.length).toBe(Object.keys(gradients!).length - 2);
      for (const [name, { data }] of Object.entries(gradients!)) {
        const [old, trained] = [dataOf(before, `query_encoder.${name}`), dataOf(after, `query_encoder.${name}`)];
        expect(isSame(dataOf(after, `sgd_momentum.${name}`), data as Float32Array), name).toBe(true);
        expect(isSame(dataOf(after, `average_encoder.${name}`), trained), name).toBe(true);
        expectClose(trained, (i) => old[i]! - 0.1 * (data as Float32Array)[i]!, name);
        if (!shared.includes(name)) continue;
        const key = dataOf(before, `key_encoder.${name}`);
        expectClose(dataOf(after, `key_encoder.${name}`), (i) => 0.9 * key[i]! + 0.1 * old[i]!, name);
      }
    });
  });

  it("goes on from saved tensors with the same bits", async () => {
    const [state, next] = await withStep(large, async (step) => {
      await step.run({ ...batch(0), averageRate: 0.5 });
      const saved = await step.save();
      await step.run({ ...batch(1), averageRate: 0.5 });
      return [saved, await step.save()];
    });
    await withStep({ ...large, seed: 4 }, async (step) => {
      await step.load(state);
      await step.run({ ...batch(1), averageRate: 0.5 });
      const again = await step.save();
      expect(Object.keys(again)).toEqual(Object.keys(next));
      const others = Object.keys(next).filter((name) => !isSame(dataOf(again, name), dataOf(next, name)));
      expect(others).toEqual([]);
    });
  });
});

const isSame = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.compare(
    Buffer.from(a.buffer, a.byteOffset, a.byteLength),
    Buffer.from(b.buffer, b.byteOffset, b.byteLength),
  ) === 0;

function expectClose(found: Float32Array, expected: (i: number) => number, name: string): void {
  let worst = 0;
  for (const [i, value] of found.entries()) worst = Math.max(worst, Math.abs(value - expected(i)));
  expect(worst, name).toBeLessThan(1e-6);
}
