import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { comparisonFolder, compareInside as inside } from "../../test/comparison.ts";

const { root, gridFile, remove } = comparisonFolder();
afterAll(remove);

describe("maskcon compare, before anything runs", () => {
  it("prints the runs and their commands", async () => {
    const out = join(root, "dry");
    const { code, out: text } = await inside(
      "--preset",
      "paper-cifar100",
      "--scale",
      "small",
      "--data",
      root,
      "--out",
      out,
      "--dry-run",
      "--seeds",
      "0,1",
      "--epochs",
      "2",
    );
    expect(code).toBe(0);
    expect(text.match(/^maskcon train/gm)).toHaveLength(16);
    expect(text).toContain(
      `# maskcon, seed 1 (new)\nmaskcon train ${root} --out ${out}/runs/maskcon-seed1 --preset cifar100`,
    );
    expect(text).toContain("--epochs 2 ");
    expect(existsSync(out)).toBe(false);
  });

  it("lays another preset over a grid", async () => {
    const { code, out: text } = await inside(gridFile, "--preset", "start", "--out", join(root, "dry"), "--dry-run");
    expect(code).toBe(0);
    const lines = text.split("\n").filter((line) => line.startsWith("maskcon train"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toContain(" --preset start ");
  });

  it.each([
    [["--out", "x"], "GRID: expected the JSON file of a grid"],
    [
      ["@grid.json", "--preset", "paper-cifar100", "--out", "x"],
      /^maskcon: --preset, beside a grid: expected one of .*cifar100.*, found "paper-cifar100"/,
    ],
    [["@grid.json", "--preset", "cifar10", "--out", "x"], 'did you mean "cifar100"?'],
    [["--preset", "paper-cifar10", "--out", "x"], 'did you mean "paper-cifar100"?'],
    [["--preset", "paper-cifar100", "--out", "x"], "--data: expected the images to compare on, found nothing"],
    [
      ["--preset", "paper-cifar100", "--out", "x", "--data", "d", "--seeds", "0,a"],
      '--seeds: expected a number, found "a"',
    ],
    [
      ["--preset", "paper-cifar100", "--out", "x", "--data", "d", "--seeds", "0,1,0"],
      "--seeds: expected different seeds, found [0,1,0]",
    ],
    [
      ["--preset", "paper-cifar100", "--out", "x", "--data", "d", "--epochs", "0"],
      "--epochs: expected a number of at least 1",
    ],
    [
      ["--preset", "paper-cifar100", "--out", "src/x", "--data", "src"],
      "--out: expected a folder outside the images, found src/x",
    ],
    [["g.json", "--out", "x", "--jobs", "0"], "--jobs: expected a whole number of at least 1, found 0"],
    [["missing.json", "--out", "x"], "missing.json: expected a readable configuration file"],
  ])("refuses %j", async (args, expected) => {
    const { code, err } = await inside(...args.map((arg) => arg.replace("@", `${root}/`)));
    expect(err).toEqual(
      typeof expected === "string" ? expect.stringContaining(expected) : expect.stringMatching(expected),
    );
    expect(err.trimEnd()).not.toContain("\n");
    expect(code).toBe(2);
    expect(existsSync("x")).toBe(false);
  });
});
