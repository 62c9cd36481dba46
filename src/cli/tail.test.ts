import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { smallConvolutions } from "../../test/foreign-models.ts";
import { runCommand } from "../../test/run-command.ts";

let folder: string;
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-tail-"));
  for (let i = 0; i < 32; i++) {
    put(folder, `images/${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(8 * i, 16, 16));
  }
  writeFileSync(at("small.onnx"), smallConvolutions());
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (out: string, ...flags: string[]) =>
  runCommand([
    ...["train", at("images"), "--out", at(out), "--backbone", at("small.onnx"), "--cache-dir", at("cache")],
    ...["--normalization", "half", "--views", "2", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "4"],
    ...["--steps", "4", "--test-fraction", "0.5", "--workers", "1", "--image-size", "16", ...flags],
  ]);

it("trains the head and the last block, and every command takes the run", async () => {
  const { code, out, err } = await train("run", "--trainable", "tail:1");
  expect(code, err).toBe(0);
  expect(err).toContain("first the head behind the model is trained, in a run of its own");
  for (const name of ["frozen", "whitened", "head", "trained"]) expect(out).toContain(`${name} `);
  const record = JSON.parse(readFileSync(join(at("run"), "config.json"), "utf8"));
  expect(record).toMatchObject({ preset: "finetune", trainable: "tail:1", layerDecay: 0.75 });

  const evaluated = JSON.parse((await runCommand(["eval", at("run"), "--json"])).out);
  expect(Object.keys(evaluated).slice(0, 4)).toEqual(["trained", "head", "whitened", "frozen"]);
  expect(Object.keys(evaluated.metrics)).toEqual(["trained", "head", "whitened", "frozen", "gain"]);
  expect((await runCommand(["report", at("run")])).code).toBe(0);
  const page = readFileSync(join(at("run"), "report.html"), "utf8");
  expect(page).toContain(">head<");
  expect(page).toContain("the head the adapter behind it that was trained first");
  expect((await runCommand(["embed", at("run"), at("images"), "--out", at("f.npy")])).code).toBe(0);
  expect((await runCommand(["diagnose", at("run")])).code).toBe(0);
  expect((await runCommand(["export", at("run"), "--out", at("e.onnx")])).code).toBe(0);
  expect(JSON.parse(readFileSync(at("e.json"), "utf8"))).toMatchObject({ backbone: "small.onnx", featureDim: 9 });
  expect((await runCommand(["eval", join(at("run"), "head"), "--quick"])).code).toBe(0);
});

it("says in a line why a depth cannot be trained", async () => {
  const { code, err } = await train("deep", "--trainable", "tail:9");
  expect(code).toBe(2);
  expect(err).toMatch(/--trainable tail:9: expected tail:1 to tail:2/);
  expect(existsSync(join(at("deep"), "head"))).toBe(false);
});

it("warns once of a normalization that the file beside the model contradicts", async () => {
  put(folder, "preprocessor_config.json", JSON.stringify({ image_mean: [0, 0, 0], image_std: [1, 1, 1] }));
  const warnings = async (out: string, ...flags: string[]) => {
    const { code, err } = await train(out, "--trainable", "tail:1", ...flags);
    expect(code, err).toBe(0);
    return err.match(
      /^warning: mean and std 0\.5.* of --normalization half are used; .*preprocessor_config\.json says 0,0,0 and 1,1,1$/gm,
    );
  };
  expect(await warnings("contradicted")).toHaveLength(1);
  expect(await warnings("from its head", "--init", join(at("contradicted"), "head"))).toHaveLength(1);
  rmSync(at("preprocessor_config.json"));
});
