import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ImportedPart, importPart, openPrefix, type Prefix } from "../../src/backbone/index.ts";
import type { Tensors } from "../../src/core/index.ts";
import { compileStep, type Step } from "../../src/step/index.ts";
import type { ParameterGroups } from "../../src/step/parameter-groups.ts";
import { trunkGroups } from "../../src/train/trunk-groups.ts";
import { type ImportedGraph, onnxBytes, readGraph, weightsOf } from "../imported-graphs.ts";
import { hashedUniform } from "./hashed.ts";
import { type HeadConfig, headBatch, headStart, inReference, optimizerOf } from "./head-start.ts";

interface Moved {
  /** After the steps: the first and the last. None where these are noise. */
  readonly values: readonly number[];
  /** By the steps: the L2 norm, then products with U("name.0", shape, 1), U("name.1", shape, 1). */
  readonly moved: readonly number[];
  /** The same of the key encoder, where it has this parameter. */
  readonly key_moved?: readonly number[];
  /** [start, end): the gradient of these is 0 but for rounding, which AdamW scales up. They have moved by 0. */
  readonly noise?: readonly [number, number];
}

type Config = HeadConfig & {
  readonly mode: "maskcon";
  /** One of `imports/`. */
  readonly model: string;
  /** Absent: all is trained. */
  readonly cut?: number;
  readonly layer_decay: number;
  readonly head_rate: number;
  readonly clip_norm: number;
};

interface TailTrajectory {
  readonly config: Config;
  readonly losses: readonly number[];
  /** Of the gradients before they are clipped. */
  readonly norms: readonly number[];
  readonly parameters: Readonly<Record<string, Moved>>;
}

const { trajectories } = JSON.parse(readFileSync(new URL("tail-trajectories.json", import.meta.url), "utf8")) as {
  trajectories: TailTrajectory[];
};

const STEPS = 5;

/** Relative. The reference in float32 is off by up to 1e-6. */
const LOSS_TOLERANCE = 1e-5;
/** Relative. The reference in float32 is off by up to 2e-6, and the sum of squares adds to that here. */
const NORM_TOLERANCE = 2e-5;
/** Absolute. AdamW divides by the size of a gradient, so that a value of a tiny gradient moves by a share of its rounding. */
const VALUE_TOLERANCE = 1e-5;
/**
 * As a share of how far a parameter moves in all. The first layers move by 3e-5, and float32 keeps numbers near 1 to 6e-8: the
 * reference in float32 is off by up to 3e-3. A rate of one layer too many is off by 0.1 or more.
 */
const MOVED_TOLERANCE = 5e-3;
/** A key encoder moves by a fifth of that. */
const KEY_TOLERANCE = 2e-2;

/** A case's model: what is trained of it, and what lies before that. */
interface Model {
  readonly part: ImportedPart;
  readonly prefix: Prefix | undefined;
  readonly graph: ImportedGraph;
}

async function openModel({ model, cut }: Config, file: string): Promise<Model> {
  const graph = readGraph(model);
  writeFileSync(file, onnxBytes(graph));
  const part = await importPart(file, { cut: cut ?? "all" });
  const prefix = cut === undefined ? undefined : await openPrefix({ file, cut: part.input, threads: 1 });
  return { part, prefix, graph };
}

const groupsOf = ({ part }: Model, c: Config): ParameterGroups =>
  trunkGroups(part, { layerDecay: c.layer_decay, headRate: c.head_rate });

interface Run {
  readonly config: Config;
  readonly parameterGroups: ParameterGroups;
  readonly lowering: "auto" | "portable";
}

const compile = ({ part }: Model, { config: c, parameterGroups, lowering }: Run): Promise<Step> =>
  compileStep({
    backbone: { features: part.featureDim, trunk: part, ...(c.whitened > 0 && { whitened: c.whitened }) },
    ...{ imageSize: 32, batchSize: c.batch, embeddingDim: c.dim, coarseClasses: c.coarse_classes, queueSize: c.queue },
    method: { name: c.mode, softTemperature: c.T, coarseWeight: c.coarse_weight },
    ...{ temperature: c.T0, keyMomentum: c.m, ...optimizerOf(c) },
    ...{ parameterGroups, device: "cpu", seed: 0, lowering },
  });

/** A line for everything in which the step is not the reference's. */
async function problemsOf(trajectory: TailTrajectory, model: Model, run: Run): Promise<string[]> {
  const { prefix, graph } = model;
  const step = await compile(model, run);
  try {
    const start = headStart(await step.save(), run.config, weightsOf(graph));
    await step.load(start);
    const problems: string[] = [];
    for (const [s, expected] of trajectory.losses.entries()) {
      const { query, key, ...rest } = headBatch(run.config, [3, graph.size, graph.size], s);
      const views = prefix ? { query: await prefix.run(query), key: await prefix.run(key) } : { query, key };
      const { loss, gradientNorm } = await step.run({ ...rest, ...views });
      problems.push(
        ...beyond(`loss of step ${s}`, loss / expected - 1, LOSS_TOLERANCE),
        ...beyond(`norm of step ${s}`, gradientNorm! / trajectory.norms[s]! - 1, NORM_TOLERANCE),
      );
    }
    return [...problems, ...stateProblems(trajectory, start, await step.save())];
  } finally {
    await step.close();
  }
}

const beyond = (what: string, off: number, tolerance: number): string[] =>
  Math.abs(off) <= tolerance ? [] : [`${what}: off by ${off}, at most ${tolerance}`];

/** Every parameter of both encoders, and none that the reference has not. */
function stateProblems({ parameters, config }: TailTrajectory, start: Tensors, end: Tensors): string[] {
  const recorded = Object.entries(parameters).flatMap(([name, { values, moved, key_moved, noise }]) => {
    const own = /^(trunk|adapter)/.test(name) ? `net.${name}` : name;
    const query = { name: `query_encoder.${own}`, values, moved, noise, tolerance: MOVED_TOLERANCE };
    if (!key_moved) return [query];
    return [query, { name: `key_encoder.${own}`, values: [], moved: key_moved, noise, tolerance: KEY_TOLERANCE }];
  });
  const found = Object.keys(end).filter((name) => /^(query|key)_encoder\./.test(name) && !name.includes(".whitening."));
  expect(found.sort()).toEqual(recorded.map(({ name }) => name).sort());
  return recorded.flatMap(({ name, values, moved, noise = [0, 0], tolerance }) => {
    const { data, shape } = end[name]!;
    const difference = Float64Array.from(data, (value, i) => value - start[name]!.data[i]!);
    const byNoise = Math.max(0, ...difference.subarray(...noise).map(Math.abs));
    difference.fill(0, ...noise);
    const directions = [0, 1].map((k) => hashedUniform(`${inReference(name)}.${k}`, shape, 1, config.seed));
    const [squares, ...products] = [difference, ...directions].map((d) =>
      difference.reduce((s, x, i) => s + x * d[i]!, 0),
    );
    const off = [Math.sqrt(squares!), ...products].map((value, i) => Math.abs(value - moved[i]!));
    return [
      ...beyond(`${name}: moved`, Math.max(...off) / Math.max(moved[0]!, 1e-12), tolerance),
      ...values.flatMap((value, i) => beyond(`${name}.at(${-i})`, data.at(-i)! - value, VALUE_TOLERANCE)),
      // AdamW moves by at most about the learning rate at each step.
      ...beyond(`${name}: moved by noise`, byNoise, STEPS * config.lr),
    ];
  });
}

function openedModel({ config }: TailTrajectory): () => Model {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-tails-"));
  let model: Model;
  beforeAll(async () => {
    model = await openModel(config, join(folder, "model.onnx"));
  });
  afterAll(async () => {
    await model.prefix?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => model;
}

describe.each(trajectories.map((trajectory) => [trajectory.config.name, trajectory] as const))(
  "%s",
  (_, trajectory) => {
    const { config } = trajectory;
    const model = openedModel(trajectory);
    test.each(["auto", "portable"] as const)("%s lowering", async (lowering) => {
      const parameterGroups = groupsOf(model(), config);
      expect(await problemsOf(trajectory, model(), { config, parameterGroups, lowering })).toEqual([]);
    });
  },
);

describe("a step that is a little wrong is refused", () => {
  const trajectory = trajectories.find(({ config }) => config.cut === undefined && config.coarse_weight > 0)!;
  const model = openedModel(trajectory);
  const wrong = (mistake: Partial<Config>, groups: ParameterGroups = {}) => {
    const config = { ...trajectory.config, ...mistake };
    const parameterGroups = { ...groupsOf(model(), config), ...groups };
    return problemsOf(trajectory, model(), { config, parameterGroups, lowering: "auto" });
  };
  const { lr, m, T, T0, weight_decay, coarse_weight, clip_norm, layer_decay, head_rate } = trajectory.config;
  const mistakes: Partial<Config>[] = [
    ...[{ lr: lr * 1.01 }, { m: m + 0.01 }, { T: T * 1.01 }, { T0: T0 * 1.001 }, { clip_norm: clip_norm * 1.1 }],
    ...[{ weight_decay: weight_decay * 0.9 }, { coarse_weight: coarse_weight + 0.001 }],
    ...[{ layer_decay: layer_decay + 0.01 }, { head_rate: head_rate * 0.99 }],
  ];
  test.each(mistakes)("%o", async (mistake) => {
    expect(await wrong(mistake)).not.toEqual([]);
  });

  test("one parameter's decay, one parameter's rate", async () => {
    const groups = groupsOf(model(), trajectory.config);
    const trunk = model().part.parameters.map(({ name }) => `net.trunk.${name}`);
    for (const decays of [true, false]) {
      const name = trunk.find((one) => groups[one]!.decays === decays)!;
      const problems = await wrong({}, { [name]: { ...groups[name], decays: !decays } });
      expect(
        problems.some((line) => line.includes(name)),
        name,
      ).toBe(true);
    }
    const [first] = trunk as [string];
    const rateScale = groups[first]!.rateScale! * layer_decay;
    const problems = await wrong({}, { [first]: { ...groups[first], rateScale } });
    expect(problems.some((line) => line.includes(first))).toBe(true);
  });
});
