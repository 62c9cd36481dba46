import { describe, expect, it } from "vitest";
import { random, type Tensors } from "../core/index.ts";
import { compileStep, type Step, type StepBatch, type StepOptions } from "./index.ts";

const [N, F, D, K, T0] = [3, 4, 5, 8, 0.2];
const method = { name: "maskcon", softWeight: 0.6, softTemperature: 0.25, coarseWeight: 0.5 } as const;
const options: StepOptions = {
  ...{ backbone: { features: F }, imageSize: 32, batchSize: N, embeddingDim: D, coarseClasses: 2, queueSize: K },
  ...{ method, temperature: T0, keyMomentum: 0.9, sgd: { momentum: 0, weightDecay: 0 }, device: "cpu", seed: 3 },
  ...{ threads: 1, debug: { gradients: true } },
};

/** A batch of images 0, 1 and 2, or of others. */
function batch(number: number, crops: number, indices = [0, 1, 2]): StepBatch {
  const rng = random(5, number);
  const features = (rows: number) => Float32Array.from({ length: rows * F }, () => rng.normal());
  return {
    ...{ key: features(N), query: features(crops * N), coarseLabels: Int32Array.of(0, 1, 0), learningRate: 0.1 },
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

type Rows = readonly (readonly number[])[];
type Weights = ReadonlyMap<string, Float64Array>;

const rowsOf = (data: ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: data.length / width }, (_, i) => Array.from({ length: width }, (_, j) => data[i * width + j]!));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const unit = (row: readonly number[]) => row.map((x) => x / Math.hypot(...row));
const positive = (row: readonly number[]) => row.map((x) => Math.max(0, x));

const weightsOf = (state: Tensors, encoder: string): Weights =>
  new Map(
    Object.entries(state)
      .filter(([name]) => name.startsWith(`${encoder}_encoder.`))
      .map(([name, { data }]) => [name.slice(encoder.length + 9), Float64Array.from(data as Float32Array)]),
  );

function linear(weights: Weights, name: string, x: readonly number[]): number[] {
  const bias = weights.get(`${name}.bias`)!;
  return rowsOf(weights.get(`${name}.weight`)!, x.length).map((row, i) => dot(row, x) + bias[i]!);
}

function adapted(weights: Weights, x: readonly number[]): number[] {
  const change = linear(weights, "net.adapter.2", positive(linear(weights, "net.adapter.0", x)));
  return x.map((value, i) => value + change[i]!);
}

const projected = (weights: Weights, z: readonly number[]) =>
  unit(linear(weights, "projector.2", positive(linear(weights, "projector.0", z))));

const logSoftmax = (row: readonly number[]) => {
  const largest = Math.max(...row);
  const log = largest + Math.log(total(row.map((x) => Math.exp(x - largest))));
  return row.map((x) => x - log);
};

interface Compared {
  readonly k: Rows;
  readonly queue: Rows;
  readonly queueLabels: readonly number[];
  readonly queueIndices: readonly number[] | undefined;
  readonly ownKeys: "masked" | "positive" | undefined;
}

/** The key and the queue's entries that a query of image n is compared with, and its target over them. */
function targetOf(n: number, { coarseLabels, indices }: StepBatch, c: Compared) {
  const isOwn = (j: number) => c.ownKeys !== undefined && c.queueIndices![j] === indices![n];
  const places = c.queue.map((_, j) => j).filter((j) => !(c.ownKeys === "masked" && isOwn(j)));
  const others = places.filter((j) => c.queueLabels[j] === coarseLabels[n] && !isOwn(j));
  const nearest = Math.max(...others.map((j) => dot(c.k[n]!, c.queue[j]!)));
  const z = [
    1,
    ...places.map((j) => {
      if (isOwn(j)) return 1;
      return others.includes(j) ? Math.exp((dot(c.k[n]!, c.queue[j]!) - nearest) / method.softTemperature) : 0;
    }),
  ];
  const own = [1, ...places.map((j) => Number(isOwn(j)))];
  const w = method.softWeight;
  const target = z.map((value, j) => (w * value) / total(z) + ((1 - w) * own[j]!) / total(own));
  return { entries: [c.k[n]!, ...places.map((j) => c.queue[j]!)], target };
}

/** The loss of a step in float64, a query at a time. */
function lossOf(weights: Weights, given: StepBatch, compared: Compared): number {
  const queries = rowsOf(given.query, F);
  const each = queries.map((x, row) => {
    const n = row % N;
    const z = adapted(weights, x);
    const { entries, target } = targetOf(n, given, compared);
    const q = projected(weights, z);
    const contrastive = dot(
      target,
      logSoftmax(entries.map((entry) => dot(q, entry) / T0)).map((value) => -value),
    );
    const coarse = -logSoftmax(linear(weights, "classifier", z))[given.coarseLabels[n]!]!;
    return contrastive + method.coarseWeight * coarse;
  });
  return total(each) / queries.length;
}

function comparedIn(state: Tensors, { key }: StepBatch, ownKeys: Compared["ownKeys"]): Compared {
  const [before, query] = [weightsOf(state, "key"), weightsOf(state, "query")];
  const weights = new Map(
    [...before].map(([name, data]) => [name, data.map((value, i) => 0.9 * value + 0.1 * query.get(name)![i]!)]),
  );
  return {
    k: rowsOf(key, F).map((x) => projected(weights, adapted(weights, x))),
    queue: rowsOf(state.queue!.data as Float32Array, D),
    queueLabels: [...(state.queue_labels!.data as Int32Array)],
    queueIndices: state.queue_indices && [...(state.queue_indices.data as Int32Array)],
    ownKeys,
  };
}

/** A slope in float64: a step so small rarely crosses the kink of a ReLU. */
const slopeAt = (loss: (weights: Weights) => number, weights: Weights, name: string, i: number): number => {
  const at = (by: number) => {
    const moved = weights.get(name)!.slice();
    moved[i] = moved[i]! + by;
    return loss(new Map([...weights, [name, moved]]));
  };
  return (at(1e-7) - at(-1e-7)) / 2e-7;
};

/** Some places of a vector, the first and the last among them. */
const someOf = (length: number) => [...new Set([0, 1, 2, 3, 4].map((i) => Math.round((i * (length - 1)) / 4)))];

describe("a step of several crops", () => {
  const cases = [1, 2, 3].flatMap((crops) => [undefined, "masked", "positive"].map((own) => [crops, own] as const));

  it.each(cases)("of %i crops, own keys %s: loss and gradient are those of float64", async (crops, own) => {
    const ownKeys = own as Compared["ownKeys"];
    const asked = { crops, maskOwnKeys: ownKeys === "masked", positiveOwnKeys: ownKeys === "positive" };
    await withStep(asked, async (step) => {
      // Image 1 comes twice to the queue, the others once or never; two rows stay empty.
      await step.fillQueue(batch(0, crops, [0, 1, 5]));
      await step.run(batch(1, crops, [7, 1, 8]));
      const state = await step.save();
      const given = batch(2, crops);
      const { loss, gradients } = await step.run(given);
      const compared = comparedIn(state, given, ownKeys);
      const weights = weightsOf(state, "query");
      const exact = (weights: Weights) => lossOf(weights, given, compared);
      expect(Math.abs(loss / exact(weights) - 1)).toBeLessThan(1e-5);
      for (const [name, { data }] of Object.entries(gradients!)) {
        const scale = Math.max(...(data as Float32Array).map(Math.abs));
        expect(scale, name).toBeGreaterThan(0);
        for (const i of someOf(data.length)) {
          const error = Math.abs((data[i] as number) - slopeAt(exact, weights, name, i)) / scale;
          expect(error, `${name}[${i}]`).toBeLessThan(1e-4);
        }
      }
    });
  });

  it("of one crop is the step that has no such option, bit for bit", async () => {
    const run = (more: Partial<StepOptions>) =>
      withStep(more, async (step) => [await step.run(batch(0, 1)), await step.run(batch(1, 1)), await step.save()]);
    expect(await run({ crops: 1 })).toEqual(await run({}));
  });

  it("of equal crops is that of one, and puts one key of each image into the queue", async () => {
    const once = [0, 1, 2].map((i) => batch(i, 1));
    const twice = once.map((one) => ({ ...one, query: Float32Array.of(...one.query, ...one.query) }));
    const run = (crops: number, batches: readonly StepBatch[]) =>
      withStep({ crops }, async (step) => {
        const losses: number[] = [];
        for (const each of batches) losses.push((await step.run(each)).loss);
        return { losses, state: await step.save() };
      });
    const [one, two] = [await run(1, once), await run(2, twice)];
    expect(two.losses).toEqual(one.losses.map((loss) => expect.closeTo(loss, 5)));
    expect(two.state.queue_labels).toEqual(one.state.queue_labels);
    expect(two.state.queue_pointer).toEqual(one.state.queue_pointer);
    expect(Object.keys(two.state)).toEqual(Object.keys(one.state));
  });

  it("normalises all crops of a batch together in the query encoder", async () => {
    const images = { backbone: "resnet20", imageSize: 8, batchSize: 2, debug: {} } as const;
    const rng = random(7);
    const pixels = (rows: number) => Float32Array.from({ length: rows * 3 * 64 }, () => rng.normal());
    const [first, second, key] = [pixels(2), pixels(2), pixels(2)];
    const rest = { key, coarseLabels: Int32Array.of(0, 1), learningRate: 0 };
    const meanOf = (crops: number, query: Float32Array) =>
      withStep({ ...images, crops }, async (step) => {
        await step.run({ ...rest, query });
        return (await step.save())["query_encoder.net.bn1.running_mean"]!.data as Float32Array;
      });
    const means = [await meanOf(1, first), await meanOf(1, second)];
    const both = await meanOf(2, Float32Array.of(...first, ...second));
    for (const [i, value] of both.entries()) expect(value).toBeCloseTo((means[0]![i]! + means[1]![i]!) / 2, 5);
  });

  it.each([
    [{ crops: 0 }, "crops: expected a whole number of at least 1, found 0"],
    [{ crops: 1.5 }, "crops: expected a whole number of at least 1, found 1.5"],
    [{ maskOwnKeys: true, positiveOwnKeys: true }, "maskOwnKeys, positiveOwnKeys: expected one of the two at most"],
  ])("is refused %j", async (more, message) => {
    await expect(compileStep({ ...options, ...more })).rejects.toThrow(message);
  });

  it("misses crops and indices in one line", async () => {
    await withStep({ crops: 2, positiveOwnKeys: true }, async (step) => {
      await expect(step.run(batch(0, 1))).rejects.toThrow("query: expected float32 of 24 values");
      const { indices: _, ...without } = batch(0, 2);
      await expect(step.run(without)).rejects.toThrow("with the option positiveOwnKeys, found none");
    });
  });
});
