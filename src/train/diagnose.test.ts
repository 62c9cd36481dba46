import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunOptions, type RunRecord, resolveConfig } from "../config/index.ts";
import { random } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import type { DiagnoseEvent, TrainEvent } from "../run/events.ts";
import { lastState, loadRun, runPaths, runStates } from "../run/index.ts";
import { hasKeys, train } from "./index.ts";

const side = 8;
const length = 44;

/** Noise of four brightnesses (fine) in two pairs (coarse). */
function tinyData(fineKnown = true): LoadedData {
  const pixels = new SharedArrayBuffer(length * side * side * 3);
  const fine = Int32Array.from({ length }, (_, i) => i % 4);
  new Uint8Array(pixels).forEach((_, p, bytes) => {
    const image = Math.floor(p / (side * side * 3));
    bytes[p] = 50 * fine[image]! + random(1, p).integer(60);
  });
  const dataset = {
    name: "tiny",
    length,
    coarseClasses: ["dark", "bright"],
    fineClasses: fineKnown ? ["a", "b", "c", "d"] : undefined,
    coarse: fine.map((label) => label >> 1),
    fine: fineKnown ? fine : undefined,
    ids: (index: number) => `${index}`,
    source: { kind: "memory", width: side, height: side, pixels } as const,
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] } as const,
  };
  return { name: "tiny", train: dataset, test: undefined, skipped: [] };
}

const configOf = (options: RunOptions = {}) =>
  resolveConfig({
    flags: {
      ...{ backbone: "resnet20", imageSize: side, batchSize: 8, queueSize: 16, embeddingDim: 8, learningRate: 0.05 },
      ...{ epochs: 3, evalEvery: 0, workers: 1, strong: "crop-flip", ...options },
    },
  });

let root: string;
let plan: RunRecord["plan"];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "maskcon-diagnose-"));
});
afterAll(() => rmSync(root, { recursive: true }));

const eventsOf = (folder: string) =>
  readFileSync(runPaths(folder).metrics, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent);
const diagnosesOf = (folder: string) =>
  eventsOf(folder).filter((event): event is DiagnoseEvent => event.event === "diagnose");

describe("a run that diagnoses itself", () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(root, "diagnosed");
    await train(configOf({ diagnoseEvery: 2, checkpointEvery: 1 }), tinyData(), { out: folder });
    plan = (await loadRun(folder)).record.plan;
  });

  it("tells the numbers of every method at the start, every n epochs and at the end", () => {
    const diagnoses = diagnosesOf(folder);
    expect(diagnoses.map(({ step, epoch }) => [step, epoch])).toEqual([
      [0, 0],
      [10, 2],
      [15, 3],
    ]);
    for (const { methods, queries, fine } of diagnoses) {
      expect(methods.map(({ method }) => method)).toEqual(["selfcon", "supcon", "grafit", "maskcon"]);
      expect(queries).toBe(24);
      expect(fine.effectiveEntries).toBeGreaterThan(1);
      for (const m of methods) {
        expect(m.ownWeight + m.sameFineWeight + m.otherWeight).toBeCloseTo(1, 9);
        expect(m.bound).toBeCloseTo((2 / 0.1) * m.totalVariation, 9);
      }
    }
    expect(diagnoses[0]!.methods[3]).not.toEqual(diagnoses[2]!.methods[3]);
  });

  it("trains the same weights, bit for bit, as one that does not", async () => {
    const plain = join(root, "plain");
    await train(configOf(), tinyData(), { out: plain, plan });
    const [a, b] = await Promise.all(
      [folder, plain].map(async (run) => (await lastState(await loadRun(run))).states[0]!.load()),
    );
    expect(a).toEqual(b);
    expect(diagnosesOf(plain)).toEqual([]);
  });

  it("resumes without telling a diagnosis twice, and with the same ones", async () => {
    const halved = join(root, "halved");
    const options = { diagnoseEvery: 1 };
    const stop = new AbortController();
    const onEvent = (event: TrainEvent) => event.event === "step" && event.step === 10 && stop.abort();
    await train(configOf(options), tinyData(), { out: halved, plan, signal: stop.signal, onEvent });
    await train(configOf(options), tinyData(), { out: halved, resume: true });
    expect(diagnosesOf(halved).map(({ step }) => step)).toEqual([0, 5, 10, 15]);
    expect(diagnosesOf(halved).at(-1)).toEqual(diagnosesOf(folder).at(-1));
  });

  it("keeps the states that a later diagnosis needs, one a step", async () => {
    const { states, warnings } = await runStates(await loadRun(folder));
    expect(states.map(({ step }) => step)).toEqual([0, 5, 10, 15]);
    expect(warnings).toEqual([]);
    expect(Object.keys(await states[0]!.load())).toContain("query_encoder.net.conv1.weight");
    expect(readdirSync(join(folder, "checkpoints"))).toContain("epoch-00001.safetensors");
  });
});

it("refuses to diagnose images whose fine labels nobody knows", async () => {
  await expect(train(configOf({ diagnoseEvery: 1 }), tinyData(false), { out: join(root, "unknown") })).rejects.toThrow(
    /^--diagnose-every: expected images with fine labels, .*found tiny, which has coarse labels alone/,
  );
});

it("diagnoses SupCE by the features of its encoder", async () => {
  const folder = join(root, "supce");
  await train(configOf({ method: "supce", steps: 1, diagnoseEvery: 1 }), tinyData(), { out: folder });
  expect(diagnosesOf(folder).map(({ step }) => step)).toEqual([0, 1]);
});

it("knows who has keys", () => {
  const has = (method: "maskcon" | "coins" | "supce", softWeight?: number) => hasKeys(configOf({ method, softWeight }));
  expect([has("maskcon"), has("coins"), has("coins", 1), has("supce")]).toEqual([true, true, false, false]);
});
