import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";

const root = mkdtempSync(join(tmpdir(), "maskcon-out-"));
const run = join(root, "run");
const images = join(root, "images");
const list = join(root, "list.csv");

afterAll(() => rmSync(root, { recursive: true, force: true }));
beforeAll(async () => {
  const rows = ["file,coarse,fine"];
  for (let i = 0; i < 24; i++) {
    const name = `images/${i % 2}/${i % 4}/${i}.png`;
    put(root, name, await png(8 * i, 16, 16));
    rows.push(`${name},${i % 2},${i % 4}`);
  }
  put(root, "list.csv", rows.join("\n"));
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1"];
  expect(await runCommand(["train", images, "--out", run, ...sizes, ...more])).toMatchObject({ code: 0 });
});

const parts = ["config.json", "metrics.jsonl", "images.safetensors", "eval.json", "checkpoints/last.safetensors"];
const others = [list, join(images, "0/0/0.png"), ...parts.map((name) => join(run, name))];
const commands = [
  ["embed", run, images, "--out"],
  ["report", run, "--map", "0", "--queries", "1", "--out"],
  ["diagnose", run, "--images", "4", "--out"],
  ["export", run, "--out"],
];

describe.each(commands)("maskcon %s", (...command) => {
  it.each(others)("leaves %s as it is", async (file) => {
    const before = readFileSync(file);
    const { code, err } = await runCommand([...command, file]);
    expect([code, err]).toEqual([2, expect.stringMatching(/expected (a new file|a name for the model|room for)/)]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("replaces a file of its own kind", async () => {
    const file = join(root, `${command[0]}.${{ export: "onnx", embed: "npy" }[command[0]!] ?? "out"}`);
    for (let time = 0; time < 2; time++) expect(await runCommand([...command, file])).toMatchObject({ code: 0 });
  });
});

it("features leave another program's list of ids as it is, and the run's model", async () => {
  put(root, "taken.ids.txt", "mine");
  for (const [out, file] of [
    ["taken.npy", "taken.ids.txt"],
    ["run/encoder.onnx", "run/encoder.onnx"],
  ] as const) {
    const before = readFileSync(join(root, file));
    expect(await runCommand(["embed", run, images, "--out", join(root, out)])).toMatchObject({ code: 2 });
    expect(readFileSync(join(root, file)).equals(before)).toBe(true);
  }
});
