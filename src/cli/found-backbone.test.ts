import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const preprocessing = JSON.stringify({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] });
const before = process.cwd();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-found-"));
  for (let i = 0; i < 32; i++) {
    put(folder, `images/${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(8 * i, 16, 16));
  }
  for (const place of ["here", "elsewhere"]) {
    mkdirSync(at(place));
    put(folder, `${place}/preprocessor_config.json`, preprocessing);
  }
  mkdirSync(at("bare"));
  writeFileSync(at("here/backbone.onnx"), channelMeans(16));
  writeFileSync(at("elsewhere/model.onnx"), channelMeans(16));
});
afterEach(() => {
  process.chdir(before);
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true }));

const small = ["--views", "2", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "4", "--workers", "1"];
const train = (out: string, ...flags: string[]) => {
  const places = ["--out", at(out), "--cache-dir", at("cache"), "--test-fraction", "0.5", "--steps", "2"];
  return runCommand(["train", at("images"), ...places, ...small, ...flags]);
};
const random = ["--image-size", "16", ...small.slice(2)];
const trainRandomly = (out: string, ...flags: string[]) =>
  runCommand(["train", at("images"), "--out", at(out), "--test-fraction", "0.5", "--steps", "1", ...random, ...flags]);
const recordOf = (out: string) => JSON.parse(readFileSync(join(at(out), "config.json"), "utf8"));

describe("a model that is named once", () => {
  it("is taken from the current folder, as --backbone would", async () => {
    process.chdir(at("here"));
    const { code, err } = await train("run");
    expect(code, err).toBe(0);
    const [line] = err.split("\n");
    expect(line).toBe(
      `backbone: ${process.cwd()}/backbone.onnx, found in the current folder; to train from random weights in its place: --backbone resnet18`,
    );
    expect(err.trimEnd().split("\n").at(-1)).toBe(
      `the model itself, from this head: --trainable all --init ${at("run")}; maskcon backbone ${process.cwd()}/backbone.onnx says whether it can be trained`,
    );
    const record = recordOf("run");
    expect(record).toMatchObject({ backbone: `${process.cwd()}/backbone.onnx`, preset: "pretrained", imageSize: 16 });

    const { code: given } = await train("given", "--backbone", "backbone.onnx");
    expect(given).toBe(0);
    expect(recordOf("given").id).toBe(record.id);
  });

  it("is taken for the preset start, with the settings of --backbone alone", async () => {
    process.chdir(at("here"));
    const { code, err } = await train("start", "--preset", "start");
    expect(code, err).toBe(0);
    expect(err).toMatch(/^backbone: .*backbone\.onnx, found in the current folder; /);
    expect(recordOf("start").id).toBe(recordOf("run").id);
  });

  it("is taken from the environment first", async () => {
    process.chdir(at("here"));
    vi.stubEnv("MASKCON_BACKBONE", "../elsewhere/model.onnx");
    const { code, err } = await train("named");
    expect(code, err).toBe(0);
    expect(err).toMatch(/^backbone: .*elsewhere\/model\.onnx, which MASKCON_BACKBONE names; to train from random/);
    expect(recordOf("named").backbone).toMatch(/elsewhere\/model\.onnx$/);
  });

  it("need not be found again to go on", async () => {
    process.chdir(at("bare"));
    vi.stubEnv("MASKCON_BACKBONE", "no-such.onnx");
    const { code, err } = await runCommand(["train", "--out", at("run"), "--resume"]);
    expect(code, err).toBe(0);
    expect(err).not.toContain("MASKCON_BACKBONE");
  });
});

describe("random weights", () => {
  it.each([
    [["--backbone", "resnet20"]],
    [["--preset", "start", "--backbone", "resnet20"]],
    [["--preset", "cpu-small"]],
  ])("are taken with %j, and the message is as ever", async (flags) => {
    process.chdir(at("here"));
    vi.stubEnv("MASKCON_BACKBONE", "no-such.onnx");
    const { code, err } = await trainRandomly(`random-${flags.length}-${flags[1]}`, ...flags);
    expect(code, err).toBe(0);
    expect(err).not.toMatch(/MASKCON_BACKBONE|backbone\.onnx/);
    if (!flags.includes("cpu-small")) expect(err).toContain("\nfrom random weights: for photographs a pretrained ");
  });

  it("are taken with a file of settings that says so", async () => {
    process.chdir(at("here"));
    writeFileSync(at("settings.json"), '{"backbone": "resnet20"}');
    const { code, err } = await trainRandomly("settings", "--config", at("settings.json"));
    expect(code, err).toBe(0);
    expect(recordOf("settings").backbone).toBe("resnet20");
  });

  it("are called so, with the places that were looked at", async () => {
    process.chdir(at("bare"));
    vi.stubEnv("MASKCON_BACKBONE", "");
    const { code, err } = await trainRandomly("none");
    expect(code, err).toBe(0);
    expect(err).toContain(
      "no model in MASKCON_BACKBONE or ./backbone.onnx, so from random weights: for photographs a pretrained model is the better start, --backbone FILE.onnx\n",
    );
  });
});

describe("a model that cannot be used", () => {
  it.each<[string, RegExp]>([
    ["no-such.onnx", /bare\/no-such\.onnx: nothing of that name; correct or unset it, or give --backbone$/],
    ["..", /: a folder; correct/],
    ["resnet18", /bare\/resnet18: nothing of that name; correct/],
    ["../elsewhere/preprocessor_config.json", /found \S+preprocessor_config\.json; correct/],
  ])("by MASKCON_BACKBONE=%s is one line", async (value, message) => {
    process.chdir(at("bare"));
    vi.stubEnv("MASKCON_BACKBONE", value);
    const { code, err } = await train("wrong");
    expect(code).toBe(2);
    expect(err.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toMatch(/^maskcon: MASKCON_BACKBONE: expected the path of an \.onnx file, found /);
    expect(err.trimEnd()).toMatch(message);
  });

  it("has the error of --backbone behind the line that says where it is from", async () => {
    mkdirSync(at("text"));
    process.chdir(at("text"));
    const refusal = async (...flags: string[]) => (await train("refused", ...flags)).err.trimEnd().split("\n");
    const cases: [string, () => void, RegExp][] = [
      ["no model", () => writeFileSync("backbone.onnx", "hello, this is no model"), /an ONNX model, found a text file/],
      ["no normalization", () => writeFileSync("backbone.onnx", channelMeans(16)), /; give --normalization /],
      ["a folder", () => mkdirSync("backbone.onnx"), /a folder/],
      ["a link to nothing", () => symlinkSync("nothing.onnx", "backbone.onnx"), /nothing of that name/],
    ];
    for (const [, make, message] of cases) {
      make();
      const [line, error, ...rest] = await refusal();
      expect(rest).toEqual([]);
      expect(line).toContain("backbone.onnx, found in the current folder");
      expect(error).toMatch(message);
      expect(await refusal("--backbone", "backbone.onnx")).toEqual([error]);
      rmSync("backbone.onnx", { recursive: true });
    }
  });

  it("is not looked for where there is nothing to train on", async () => {
    process.chdir(at("here"));
    const { err } = await runCommand(["train"]);
    expect(err).toMatch(/^maskcon: DATA: expected/);
  });
});
