import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { channelMeans } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-head-"));
  for (let i = 0; i < 32; i++) {
    const picture = await png(8 * i, 16, 16);
    put(folder, `images/${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, picture);
  }
  writeFileSync(at("means.onnx"), channelMeans(16));
  writeFileSync(
    at("preprocessor_config.json"),
    JSON.stringify({ image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }),
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...flags: string[]) =>
  runCommand([
    ...["train", at("images"), "--out", at(out), "--backbone", at("means.onnx"), "--cache-dir", at("cache")],
    ...["--views", "2", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "4", "--steps", "4"],
    ...["--test-fraction", "0.5", "--workers", "1", ...flags],
  ]);

it("trains behind a model, evaluates three encoders, reports, embeds and exports", async () => {
  const { code, out, err } = await train("run");
  expect(code, err).toBe(0);
  expect(err).toMatch(/features of 2 views an image take .* in /);
  for (const name of ["frozen", "whitened", "trained"]) expect(out).toContain(`${name} `);
  // The model's own size, and its normalization from the file beside it.
  const record = JSON.parse(readFileSync(join(at("run"), "config.json"), "utf8"));
  expect(record).toMatchObject({
    imageSize: 16,
    preset: "pretrained",
    dataset: { normalization: { std: [0.5, 0.5, 0.5] } },
  });
  const manifest = JSON.parse(readFileSync(join(at("run"), "encoder.json"), "utf8"));
  expect(manifest).toMatchObject({ backbone: "means.onnx", featureDim: 1, preprocessing: { mean: [0.5, 0.5, 0.5] } });

  const evaluated = JSON.parse((await runCommand(["eval", at("run"), "--json"])).out);
  expect(Object.keys(evaluated).slice(0, 3)).toEqual(["trained", "whitened", "frozen"]);
  expect(Object.keys(evaluated.metrics)).toEqual(["trained", "whitened", "frozen", "gain"]);
  expect((await runCommand(["report", at("run")])).code).toBe(0);
  const page = readFileSync(join(at("run"), "report.html"), "utf8");
  expect(page).toContain(">whitened<");
  expect(page).toContain("the whitened one its features whitened, with which training starts");
  expect((await runCommand(["embed", at("run"), at("images"), "--out", at("f.npy")])).code).toBe(0);
  expect((await runCommand(["export", at("run"), "--out", at("e.onnx")])).code).toBe(0);
  expect(existsSync(at("e.json"))).toBe(true);
});

describe("a normalization that contradicts the file beside the model", () => {
  const warnings = ({ err }: { err: string }) => err.split("\n").filter((line) => line.includes("preprocessor_config"));

  it.each<[string, string[], string]>([
    ["named", ["--normalization", "imagenet"], "0.485,0.456,0.406 and 0.229,0.224,0.225 of --normalization imagenet"],
    ["by a mean", ["--mean", "0.4,0.5,0.5", "--std", "0.5,0.5,0.5"], "0.4,0.5,0.5 and 0.5,0.5,0.5 of --mean and --std"],
  ])("is taken, %s, and both are in a warning", async (name, flags, asked) => {
    const done = await train(`contradiction ${name}`, ...flags);
    expect(done.code, done.err).toBe(0);
    const [line, another] = warnings(done);
    expect(another).toBeUndefined();
    expect(line).toBe(
      `warning: mean and std ${asked} are used; ${at("preprocessor_config.json")} says 0.5,0.5,0.5 and 0.5,0.5,0.5`,
    );
    expect(done.err.indexOf(line!)).toBeLessThan(done.err.indexOf("features of 2 views"));
  });

  it("says nothing where both are the same", async () => {
    const done = await train("agreement", "--normalization", "half");
    expect(done.code, done.err).toBe(0);
    expect(warnings(done)).toEqual([]);
  });
});

it("does not write an export onto the model that it is made of", async () => {
  const { code, err } = await runCommand(["export", at("run"), "--out", at("means.onnx")]);
  expect({ code, err }).toMatchObject({ code: 2 });
  expect(err).toContain("expected another file than the model it is made of");
});

it("diagnoses the targets on keys behind the model", async () => {
  const { code, out, err } = await runCommand(["diagnose", at("run"), "--checkpoints", "--json"]);
  expect(code, err).toBe(0);
  const { keys, diagnoses } = JSON.parse(out);
  expect(keys).toBe("projection");
  expect(diagnoses.map(({ step }: { step: number }) => step)).toEqual([0, 4]);
  const { code: trained, err: said } = await train("diagnosed", "--diagnose-every", "1");
  expect(trained, said).toBe(0);
  const metrics = readFileSync(join(at("diagnosed"), "metrics.jsonl"), "utf8");
  expect(metrics.match(/"event":"diagnose"/g)).toHaveLength(3);
});

it("refuses to embed behind another model, and to diagnose", async () => {
  const before = readFileSync(at("means.onnx"));
  writeFileSync(at("means.onnx"), channelMeans(16, "M"));
  const other = await runCommand(["embed", at("run"), at("images"), "--out", at("g.npy")]);
  const diagnosed = await runCommand(["diagnose", at("run")]);
  writeFileSync(at("means.onnx"), before);
  expect(diagnosed.err).toContain("expected the model that the run was trained behind, found another");
  expect(other).toMatchObject({ code: 1 });
  expect(other.err).toContain("expected the model that the run was trained behind, found another");
});
