import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../../test/command-line.ts";
import { random } from "../core/index.ts";
import type { TrainEvent } from "../run/index.ts";

let root: string;
let images: string;
let runFolder: string;

/** Eight images of each of four fine classes in two coarse ones, as sub-folders. */
async function writeImages(folder: string): Promise<void> {
  for (let fine = 0; fine < 4; fine++) {
    const classFolder = join(folder, fine < 2 ? "warm" : "cold", `kind-${fine}`);
    mkdirSync(classFolder, { recursive: true });
    for (let i = 0; i < 8; i++) {
      const rng = random(fine, i);
      const rgb = Uint8Array.from({ length: 16 * 16 * 3 }, (_, p) => 50 * fine + (p % 3) * 20 + rng.integer(40));
      await sharp(rgb, { raw: { width: 16, height: 16, channels: 3 } })
        .png()
        .toFile(join(classFolder, `${i}.png`));
    }
  }
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function start(args: readonly string[]): {
  child: ChildProcess;
  ended: Promise<Ended>;
  said: (text: string) => Promise<void>;
} {
  const child = spawn(process.execPath, [...commandLine, ...args], { env: { ...process.env, CI: "1" } });
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => err.includes(text) && resolve();
      child.stderr.on("data", look);
      child.on("close", () => reject(new Error(`ended before saying "${text}": ${err}`)));
      look();
    });
  return { child, ended, said };
}

const maskcon = (...args: string[]) => start(args).ended;
const tiny =
  "--backbone resnet20 --image-size 16 --batch-size 8 --queue-size 16 --embedding-dim 8 --eval-every 0 --test-fraction 0.25".split(
    " ",
  );
const stepsOf = (folder: string) =>
  readFileSync(join(folder, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as TrainEvent)
    .flatMap((event) => (event.event === "step" ? [event.step] : []));

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-e2e-"));
  images = join(root, "images");
  runFolder = join(root, "run");
  await writeImages(images);
});
afterAll(() => rmSync(root, { recursive: true }));

describe("train, eval, export, embed", () => {
  it("trains an image folder and leaves a whole run", async () => {
    const { code, out, err } = await maskcon("train", images, "--out", runFolder, ...tiny, "--steps", "3");
    expect(err).toMatch(/training 3 steps on .*: 24 images, 8 for testing\n/);
    expect(err).toMatch(/frozen encoder: fine R@1 [\d.]+ /);
    expect(err).toMatch(/epoch 1\/1 {2}step 3\/3 {2}loss [\d.]+ {2}lr \S+ {2}\d+ images\/s {2}ETA 0s\n/);
    expect(out).toMatch(/Recall@K in %, fine\n.*\nfrozen .*\ntrained /);
    expect(code).toBe(0);
    expect(readdirSync(runFolder).sort()).toEqual([
      "checkpoints",
      "config.json",
      "encoder.json",
      "encoder.onnx",
      "eval.json",
      "images.safetensors",
      "metrics.jsonl",
    ]);
    expect(stepsOf(runFolder)).toEqual([1, 2, 3]);
  });

  it("evaluates it as JSON of the promised shape, the same as at the end of training", async () => {
    const recorded = JSON.parse(readFileSync(join(runFolder, "eval.json"), "utf8"));
    const { code, out } = await maskcon("eval", runFolder, "--json");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    for (const encoder of ["trained", "frozen"]) {
      for (const kind of ["fine", "coarse", "within"]) {
        expect(report[encoder][kind]["1"]).toBeGreaterThanOrEqual(0);
        expect(report[encoder][kind]["1"]).toBeLessThanOrEqual(1);
      }
      expect(report[encoder]).toEqual(recorded[encoder]);
      for (const kind of ["fine", "coarse", "within"]) {
        const { recall, mapAtR, intervals } = report.metrics[encoder][kind];
        expect(recall).toEqual(report[encoder][kind]);
        expect(intervals.mapAtR[0]).toBeLessThanOrEqual(mapAtR);
        expect(mapAtR).toBeLessThanOrEqual(intervals.mapAtR[1]);
      }
    }
    expect(report.metrics.gain.fine.knn).toBeCloseTo(report.metrics.trained.fine.knn - report.metrics.frozen.fine.knn);
    expect(report.perClass.map((row: { class: string }) => row.class).sort()).toEqual(["cold", "warm"]);
  });

  it("prints tables of them, or recall alone", async () => {
    const { code, out } = await maskcon("eval", runFolder);
    expect(code).toBe(0);
    expect(out).toMatch(/In %, with 95% intervals: fine\n +R@1 +P@10 +MAP@R +k-NN +NMI +ARI\nfrozen /);
    expect(out).toMatch(/In %, fine labels within each coarse class, trained encoder\nclass +images .*\n(cold|warm) +/);
    const quick = await maskcon("eval", runFolder, "--quick", "--json");
    expect(Object.keys(JSON.parse(quick.out))).toEqual([
      ...["trained", "frozen", "encoder", "step", "epoch", "images", "trainedWith"],
    ]);
  });

  it("says which encoder it measured, and keeps the run's own figures when it is another", async () => {
    const before = readFileSync(join(runFolder, "eval.json"), "utf8");
    const { code, out } = await maskcon("eval", runFolder, "--encoder", "key", "--quick");
    expect(code).toBe(0);
    expect(out).toMatch(/8 images, key encoder of the checkpoint of step 3\n/);
    expect(readFileSync(join(runFolder, "eval.json"), "utf8")).toBe(before);
  });

  it("measures all of other images, and says where nothing fine can be right", async () => {
    const { code, out, err } = await maskcon("eval", runFolder, "--data", images, "--fine-column", "x", "--quick");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/\(fineColumn\): expected /);
  });

  it("exports the encoder and embeds images", async () => {
    const onnx = join(root, "model.onnx");
    expect(await maskcon("export", runFolder, "--out", onnx)).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(onnx).equals(readFileSync(join(runFolder, "encoder.onnx")))).toBe(true);
    const npy = join(root, "features.npy");
    expect(await maskcon("embed", runFolder, images, "--out", npy)).toMatchObject({ code: 0, out: "" });
    expect(readFileSync(npy).toString("latin1", 0, 128)).toContain("'shape': (32, 64)");
    expect(readFileSync(join(root, "features.ids.txt"), "utf8").trimEnd().split("\n")).toHaveLength(32);
  });

  it("refuses to begin again in its folder", async () => {
    const { code, err } = await maskcon("train", images, "--out", runFolder, ...tiny);
    expect(err).toMatch(/^maskcon: .*run: expected a folder without a run, found one with checkpoints; add --resume/);
    expect(code).toBe(2);
  });
});

it("is interrupted cleanly, keeps a second process out, survives a kill, and resumes without DATA", async () => {
  const folder = join(root, "long");
  const first = start(["train", images, "--out", folder, ...tiny, "--steps", "100000"]);
  await first.said("step 1/100000");
  const second = await maskcon("train", "--out", folder, "--resume");
  expect(second).toMatchObject({ code: 1, err: expect.stringMatching(/run\.lock: expected a run nobody trains/) });
  first.child.kill("SIGINT");
  const ended = await first.ended;
  expect(ended.err).toContain("SIGINT: finishing this step");
  expect(ended.err).toMatch(/interrupted at step \d+/);
  expect(ended.code).toBe(130);

  const resumed = start(["train", "--out", folder, "--resume"]);
  await resumed.said("resuming at step");
  await resumed.said("images/s  ETA");
  resumed.child.kill("SIGKILL");
  await resumed.ended;

  const last = start(["train", "--out", folder, "--resume"]);
  await last.said("images/s  ETA");
  last.child.kill("SIGTERM");
  expect((await last.ended).code).toBe(143);
  const steps = stepsOf(folder);
  expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i + 1));
});

it.skipIf(process.platform === "win32")("leaves at once, and quietly, at the second signal within a step", async () => {
  const large = [
    "--backbone",
    "resnet20",
    "--image-size",
    "64",
    "--batch-size",
    "24",
    "--steps",
    "9",
    "--eval-every",
    "0",
  ];
  const { child, ended, said } = start(["train", images, "--out", join(root, "twice"), ...tiny, ...large]);
  await said("step 1/9");
  child.kill("SIGINT");
  await said("finishing this step");
  child.kill("SIGINT");
  const { err } = await ended;
  expect(child.signalCode).toBe("SIGINT");
  expect(err).not.toMatch(/terminate called|Napi/);
});

it("is quiet when its reader has left", async () => {
  const { child, ended } = start(["--help"]);
  child.stdout!.destroy();
  expect(await ended).toMatchObject({ code: 0, err: "" });
});

it("keeps the exit code of an error that nobody reads", async () => {
  const { child, ended } = start(["train"]);
  child.stderr!.destroy();
  expect((await ended).code).toBe(2);
});

it("has written all where nobody reads the result", async () => {
  const folder = join(root, "unread-result");
  const { child, ended } = start(["train", images, "--out", folder, ...tiny, "--steps", "1"]);
  child.stdout!.destroy();
  expect(await ended).toMatchObject({ code: 0, err: expect.stringContaining("encoder: ") });
  expect(readdirSync(folder)).toContain("encoder.onnx");
});

it.skipIf(process.platform === "win32")(
  "stops with a checkpoint when the reader of its progress has left",
  async () => {
    const folder = join(root, "unread");
    const first = start(["train", images, "--out", folder, ...tiny, "--steps", "100000"]);
    await first.said("images/s  ETA");
    first.child.stderr!.destroy();
    expect((await first.ended).code).toBe(141);
    expect(readdirSync(join(folder, "checkpoints"))).toContain("last.safetensors");
    expect(readdirSync(folder)).not.toContain("run.lock");

    const last = start(["train", "--out", folder, "--resume"]);
    await last.said("images/s  ETA");
    last.child.kill("SIGTERM");
    await last.ended;
    const steps = stepsOf(folder);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => i + 1));
  },
);

it.skipIf(!existsSync("/dev/full"))("says why its result cannot be written", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [...commandLine, "--help"], { stdio: ["ignore", full, "pipe"] });
  let err = "";
  child.stderr!.on("data", (chunk) => {
    err += chunk;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  closeSync(full);
  expect({ code, err }).toEqual({
    code: 1,
    err: expect.stringMatching(/^maskcon: cannot write to standard output: ENOSPC.*\n$/),
  });
});
