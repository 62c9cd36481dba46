import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../test/run-command.ts";
import { formatRecord, resolveConfig } from "../config/index.ts";
import { commands } from "./commands.ts";

const dataset = {
  ...{ name: "d", trainImages: 2, testImages: 0, coarseClasses: ["a", "b"], labels: "" },
  normalization: { mean: [0, 0, 0] as [number, number, number], std: [1, 1, 1] as [number, number, number] },
};

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-cli-"));
  mkdirSync(join(root, "empty"));
  mkdirSync(join(root, "no-run"));
  for (const colour of ["red", "blue"]) {
    mkdirSync(join(root, "colours", colour), { recursive: true });
    const image = sharp({ create: { width: 16, height: 16, channels: 3, background: colour } });
    for (let i = 0; i < 3; i++) await image.png().toFile(join(root, "colours", colour, `${i}.png`));
  }
  mkdirSync(join(root, "empty-record"));
  writeFileSync(join(root, "empty-record", "config.json"), "{}");
  writeFileSync(join(root, "broken.json"), '{"epochs": 3');
  writeFileSync(join(root, "list.json"), "[1]");
  writeFileSync(join(root, "unknown.json"), '{"epoch": 3}');
  writeFileSync(join(root, "many.json"), '{"batchSize": "many"}');
  const record = formatRecord({ version: "1", config: resolveConfig(), dataset });
  writeFileSync(join(root, "record.json"), record.replace('"softWeight": 1', '"softWeight": "many"'));
  writeFileSync(join(root, "plan.json"), record.replace('"version"', '"plan": "fast", "version"'));
  writeFileSync(
    join(root, "grid.json"),
    '{"data": "colours", "methods": ["supcon"], "settings": {"batchSize": "many"}}',
  );
  writeFileSync(join(root, "no-coarse.csv"), "file,coarse,fine\na.png,,x\n");
});
afterAll(() => rmSync(root, { recursive: true }));

const maskcon = (...args: string[]) => runCommand(args.map((arg) => arg.replace("@", `${root}/`)));

describe("help", () => {
  it("lists every command, and each explains itself", async () => {
    const { code, out } = await maskcon("--help");
    expect(code).toBe(0);
    for (const name of Object.keys(commands)) {
      expect(out).toContain(`  ${name}`);
      const help = await maskcon(name, "--help");
      expect(help).toMatchObject({ code: 0, err: "" });
      expect(help.out).toContain(`Usage: maskcon ${name}`);
    }
  });

  it("has the contract's flags", async () => {
    const { out } = await maskcon("help", "train");
    for (const flag of "out preset config resume method backbone image-size batch-size queue-size embedding-dim soft-weight soft-temperature coarse-weight temperature key-momentum epochs learning-rate weight-decay warmup-epochs seed device workers max-bad init".split(
      " ",
    )) {
      expect(out).toMatch(new RegExp(`^ +--${flag}\\b`, "m"));
    }
  });

  it("prints the version", async () => {
    expect(await maskcon("--version")).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

const small = ["--image-size", "16", "--test-fraction", "0", "--batch-size", "4"];

describe("wrong input is one line and an exit code", () => {
  it.each<[number, string[], RegExp]>([
    [2, ["trian"], /unknown command 'trian' \(did you mean "train"\?\)/],
    [2, ["train", "@empty", "--out", "@r", "--epoch", "3"], /unknown option '--epoch' \(Did you mean --epochs\?\)/],
    [2, ["train", "--out", "@r"], /DATA: expected an image folder, .* found nothing/],
    [2, ["train", "@empty", "--out", "@r", "--epochs", "three"], /--epochs: expected a number, found "three"/],
    [2, ["train", "@empty", "--out", "@r", "--epochs", "2.5"], /--epochs: expected a whole number, found 2.5/],
    [
      2,
      ["train", "@empty", "--out", "@r", "--soft-temperature", "0"],
      /--soft-temperature: expected a number above 0, found 0/,
    ],
    [
      2,
      ["train", "@colours", "--out", "@r", "--method", "supcon", "--soft-weight", "0.3"],
      /--soft-weight: expected a method that it changes .* found supcon, which fixes it at 1/,
    ],
    [2, ["train", "@empty", "--out", "@r", "--queue-size", "0"], /--queue-size: expected a number of at least 1/],
    [2, ["train", "@empty", "--out", "@r", "--image-size", "4"], /--image-size: expected a number of at least 8/],
    [2, ["train", "@empty", "--out", "@r", "--method", "maskcom"], /did you mean "maskcon"\?/],
    [2, ["train", "@empty", "--out", "@r", "--device", "gpu"], /--device: expected one of cpu, webgpu, cuda/],
    [
      2,
      ["train", "@empty", "--out", "@r", "--config", "@absent.json"],
      /absent\.json: expected a readable configuration file/,
    ],
    [
      2,
      ["train", "@empty", "--out", "@r", "--config", "@broken.json"],
      /broken\.json, line 1, character 13: expected JSON/,
    ],
    [2, ["train", "@empty", "--out", "@r", "--config", "@list.json"], /expected a JSON object .* found an array/],
    [
      2,
      ["train", "@empty", "--out", "@r", "--config", "@unknown.json"],
      /unknown\.json: epoch: .* did you mean "epochs"\?/,
    ],
    [
      2,
      ["train", "@colours", ...small, "--out", "@r", "--config", "@many.json"],
      /many\.json: batchSize: expected a finite number, found "many"/,
    ],
    [
      2,
      ["train", "@colours", ...small, "--out", "@r", "--config", "@record.json", "--method", "grafit"],
      /record\.json: softWeight: expected a finite number, found "many"/,
    ],
    [
      2,
      ["train", "@colours", ...small, "--out", "@r", "--config", "@plan.json"],
      /plan\.json: expected the config\.json of a run, found plan: /,
    ],
    [
      2,
      ["compare", "@grid.json", "--out", "@r", "--batch-size", "4"],
      /grid\.json: settings: batchSize: expected a finite number, found "many"/,
    ],
    [1, ["train", "@absent", "--out", "@r"], /absent: expected a folder or a CSV file/],
    [1, ["train", "@empty", "--out", "@r"], /empty/],
    [1, ["train", "@no-coarse.csv", "--out", "@r"], /no-coarse\.csv.*2/],
    [1, ["train", "@colours", ...small, "--out", "@list.json"], /list\.json: expected a folder to write the run into/],
    [
      1,
      ["train", "@colours", ...small, "--out", "@list.json/run"],
      /run: expected a folder to write the run into, found a file where a folder is needed; choose another place/,
    ],
    [2, ["train", "@colours", ...small, "--out", "@colours"], /--out: expected a folder outside the images, found /],
    [2, ["train", "@colours", ...small, "--out", "@colours/new/run"], /--out: expected a folder outside the images/],
    [2, ["eval", "@empty-record"], /config\.json: expected the config\.json of a run, found no dataset; /],
    [
      2,
      ["train", "@colours", ...small, "--out", "@r", "--batch-size", "9"],
      /--batch-size: expected at most the 6 training images/,
    ],
    [
      2,
      ["train", "@colours", ...small, "--out", "@r", "--method", "supfine"],
      /--method supfine: expected images with fine labels/,
    ],
    [2, ["eval", "@no-run"], /no-run: expected the folder of a run, found no config\.json in it/],
    [2, ["export", "@absent"], /absent: expected the folder of a run, found no such folder/],
    [2, ["embed", "@no-run", "@empty"], /required option '--out <file>'/],
  ])("%i: %j", async (code, args, message) => {
    const result = await maskcon(...args);
    expect(result.err).toMatch(message);
    expect(result.err).toMatch(/^maskcon: [^\n]+\n$/);
    expect(result).toMatchObject({ code, out: "" });
  });

  it("leaves no folder behind, and nothing among the images", () => {
    expect(existsSync(join(root, "r"))).toBe(false);
    expect(readdirSync(join(root, "colours")).sort()).toEqual(["blue", "red"]);
  });

  it("no command at all is wrong usage, answered with help", async () => {
    expect(await maskcon()).toMatchObject({ code: 2, out: "", err: expect.stringContaining("Usage: maskcon") });
  });
});
