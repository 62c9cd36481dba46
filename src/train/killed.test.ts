import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallConvolutions } from "../../test/foreign-models.ts";
import { programLine, source } from "../../test/source-program.ts";
import { data, lastOf, stepsOf } from "../../test/tiny-run.ts";
import { type RunOptions, resolveConfig } from "../config/index.ts";
import { embedWithRun, loadRun } from "../run/index.ts";
import { train } from "./index.ts";

/** An event at whose n-th time a process ends itself; the head and the model behind it count as one. */
interface Moment {
  readonly event: "step" | "progress" | "checkpoint";
  readonly step: number;
  /** Of a progress: the images of the split, or the views. */
  readonly total?: number;
  readonly times?: number;
  /** Whether it goes on until the next thing it waits for: in the middle of writing. */
  readonly later?: boolean;
}

const script = `
  import { resolveConfig } from ${source("src/config/index.ts")};
  import { data } from ${source("test/tiny-run.ts")};
  import { train } from ${source("src/train/index.ts")};
  const { flags, out, moment } = JSON.parse(process.argv[1]);
  let left = moment.times ?? 1;
  const end = () => process.kill(process.pid, "SIGKILL");
  const onEvent = ({ event, step, total }) => {
    if (event !== moment.event || step !== moment.step || (moment.total ?? total) !== total || --left > 0) return;
    if (moment.later) setImmediate(end);
    else end();
  };
  await train(resolveConfig({ flags }), data, { out, resume: true, onEvent });`;

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-killed-"));
  writeFileSync(join(root, "small.onnx"), smallConvolutions());
  for (const trainable of ["head", "tail:1"]) await run(trainable, flagsOf(trainable, "cache"));
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

const flagsOf = (trainable: string, cache: string) => ({
  ...{
    backbone: join(root, "small.onnx"),
    normalization: "half",
    cacheDir: join(root, cache),
    imageSize: 16,
    views: 4,
  },
  ...{ batchSize: 8, queueSize: 20, embeddingDim: 8, steps: 12, workers: 1, evalEvery: 0, strong: "crop-flip" },
  trainable,
});
const run = (name: string, flags: object) =>
  train(resolveConfig({ flags: flags as RunOptions }), data, { out: join(root, name), resume: true });

/** Runs until that moment in a process of its own; gives the signal that ended it. */
function killedAt(moment: Moment, name: string, flags: object): Promise<string | null> {
  const work = JSON.stringify({ flags, out: join(root, name), moment });
  const child = spawn(process.execPath, programLine(script, work), { stdio: ["ignore", "ignore", "inherit"] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (_, signal) => resolve(signal));
  });
}

const bitsOf = async (name: string) => {
  const { features } = await embedWithRun(await loadRun(join(root, name)), data.test!);
  return Buffer.from(features.buffer, features.byteOffset, features.byteLength).toString("hex");
};

describe("killed behind a model, a run goes on to the same bits", () => {
  const clean: Moment = { event: "progress", step: 0, total: 44 };
  const step = (step: number, times = 1): Moment => ({ event: "step", step, times });
  it.each<[string, trainable: string, Moment[]]>([
    ["features of the training images are cached", "head", [clean]],
    ["features of the test images are cached", "head", [{ ...clean, total: 20 }, clean]],
    ["views are cached", "head", [{ ...clean, total: 176, times: 4 }]],
    ["the head trains", "head", [step(2), step(8)]],
    ["a checkpoint of the head is written", "head", [{ ...step(5), later: true }]],
    ["the head trains before the last block", "tail:1", [step(3)]],
    ["the last block trains", "tail:1", [step(8, 2)]],
    ["a checkpoint of the last block is written", "tail:1", [{ ...step(5, 2), later: true }]],
  ])("while %s", { timeout: 60_000 }, async (what, trainable, moments) => {
    const flags = flagsOf(trainable, what.includes("cached") ? what : "cache");
    for (const moment of moments) expect(await killedAt(moment, what, flags)).toBe("SIGKILL");
    expect((await run(what, flags)).reason).toBe("finished");
    for (const stage of trainable === "head" ? [""] : ["", "head"]) {
      const [killed, whole] = [join(root, what, stage), join(root, trainable, stage)];
      expect(stepsOf(killed)).toEqual(stepsOf(whole));
      expect(lastOf(killed).equals(lastOf(whole))).toBe(true);
    }
    expect(await bitsOf(what)).toBe(await bitsOf(trainable));
  });
});
