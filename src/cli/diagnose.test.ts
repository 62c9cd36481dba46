import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../test/run-command.ts";
import { random } from "../core/index.ts";

let root: string;

const maskcon = (...args: string[]) => runCommand(args.map((arg) => arg.replace("@", `${root}/`)));

const names: string[] = [];
const tiny =
  "--backbone resnet20 --image-size 8 --batch-size 8 --queue-size 24 --embedding-dim 8 --eval-every 0 --workers 1 --epochs 2";

/** Twelve images of each of four fine classes in two coarse ones; `flat` holds the same without fine labels. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "maskcon-diagnose-cli-"));
  for (let fine = 0; fine < 4; fine++) {
    for (const folder of [`kinds/${fine < 2 ? "warm" : "cold"}/kind-${fine}`, `flat/${fine < 2 ? "warm" : "cold"}`]) {
      mkdirSync(join(root, folder), { recursive: true });
      for (let i = 0; i < 12; i++) {
        const rng = random(fine, i);
        const rgb = Uint8Array.from({ length: 8 * 8 * 3 }, (_, p) => 50 * fine + (p % 3) * 20 + rng.integer(40));
        const name = `${folder}/${fine}-${i}.png`;
        await sharp(rgb, { raw: { width: 8, height: 8, channels: 3 } })
          .png()
          .toFile(join(root, name));
        if (folder.startsWith("flat")) names.push(name.slice("flat/".length));
      }
    }
  }
  mkdirSync(join(root, "bare"));
  for (const data of ["kinds", "flat"]) {
    const flags = [...tiny.split(" "), "--checkpoint-every", "1", "--test-fraction", "0"];
    const { code, err } = await maskcon("train", `@${data}`, "--out", `@run-${data}`, ...flags);
    expect(code, err).toBe(0);
  }
  cpSync(join(root, "run-kinds", "config.json"), join(root, "bare", "config.json"));
});
afterAll(() => rmSync(root, { recursive: true }));

describe("with known fine labels", () => {
  it("prints a row for each method, the sweep over T and the nearest setting", async () => {
    const { code, out, err } = await maskcon("diagnose", "@run-kinds");
    expect(code, err).toBe(0);
    for (const method of ["selfcon", "supcon", "grafit", "maskcon", "fine labels"]) {
      expect(out).toMatch(new RegExp(`^${method} .*\\d\\.\\d\\d`, "m"));
    }
    expect(out).toMatch(/nearest to the fine labels: \w+, TV 0\.\d+; \w+ is \d\.\d+ ± \d\.\d+ farther \(24 queries\)/);
    expect(out).toMatch(/nearest of all w and T tried: w [\d.]+, T \S+, TV 0\.\d+/);
  });

  it("goes over the checkpoints, as JSON of the documented shape and as a plot", async () => {
    const { code, out } = await maskcon("diagnose", "@run-kinds", "--checkpoints", "--json", "--out", "@plot.svg");
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ keys: "projection", temperature: 0.1 });
    expect(report.diagnoses.map((d: { epoch: number }) => d.epoch)).toEqual([0, 1, 2]);
    for (const { methods, fine, nearest, settings } of report.diagnoses) {
      expect(methods[0]).toMatchObject({ method: "selfcon", softWeight: 0, softTemperature: null, ownWeight: 1 });
      expect(methods.map((m: { method: string }) => m.method)).toContain(nearest.method);
      expect(fine.otherWeight).toBe(0);
      const least = Math.min(...settings.tried.map((s: { totalVariation: number }) => s.totalVariation));
      expect(settings.totalVariation).toBe(least);
    }
    const svg = readFileSync(join(root, "plot.svg"), "utf8");
    expect(svg).toMatch(/^<svg/);
    for (const word of ["epoch", "selfcon", "maskcon"]) expect(svg).toContain(word);
  });

  it("proposes w and T from a few of them, as flags, and says what they are worth on all", async () => {
    const { code, out, err } = await maskcon("diagnose", "@run-kinds", "--fine-labels", "32");
    expect(code).toBe(0);
    expect(err).toContain(`plot: ${join(root, "run-kinds", "diagnose.svg")}\n`);
    expect(out).toMatch(/^proposed from \d+ labelled images: w [\d.]+, T \S+, TV/m);
    expect(out).toMatch(/^train with: --method \w+/m);
    expect(out).toMatch(/^on all fine labels: w .*; the nearest there is w /m);
    expect(readFileSync(join(root, "run-kinds", "diagnose.svg"), "utf8")).toContain("softTemperature");
  });

  it("needs no room for a plot that was not asked for", async () => {
    cpSync(join(root, "run-kinds"), join(root, "unwritable"), { recursive: true });
    rmSync(join(root, "unwritable", "diagnose.svg"), { force: true });
    mkdirSync(join(root, "unwritable", "diagnose.svg"));
    const { code, err } = await maskcon("diagnose", "@unwritable", "--images", "9");
    expect(code).toBe(0);
    expect(err).toMatch(
      /^warning: no plot: .*diagnose\.svg: expected to write the file, found a folder of this name;/m,
    );
    const asked = await maskcon("diagnose", "@unwritable", "--images", "9", "--out", "@unwritable/diagnose.svg");
    expect(asked.code).toBe(1);
  });

  it("is the same again, and other images with another --sample-seed", async () => {
    const call = async (...flags: string[]) => (await maskcon("diagnose", "@run-kinds", "--images", "9", ...flags)).out;
    const first = await call();
    expect(await call()).toBe(first);
    expect(await call("--sample-seed", "5")).not.toBe(first);
  });

  it("passes over a damaged checkpoint, aloud", async () => {
    cpSync(join(root, "run-kinds"), join(root, "damaged"), { recursive: true });
    writeFileSync(join(root, "damaged/checkpoints/epoch-00001.safetensors"), "torn");
    writeFileSync(join(root, "damaged/checkpoints/previous.safetensors"), "torn");
    const { code, err, out } = await maskcon("diagnose", "@damaged", "--checkpoints", "--json");
    expect(code).toBe(0);
    expect(err).toMatch(/warning: passed over a checkpoint: .*epoch-00001/);
    expect(JSON.parse(out).diagnoses.map((d: { epoch: number }) => d.epoch)).toEqual([0, 2]);
  });
});

describe("without known fine labels", () => {
  const labels = (text: string) => {
    writeFileSync(join(root, "labels.csv"), text);
    return ["diagnose", "@run-flat", "--labels", "@labels.csv"];
  };

  it("proposes from a CSV of a few", async () => {
    const rows = names.map((name) => `${name},kind ${/(\d)-\d+\.png$/.exec(name)![1]}`);
    const { code, out, err } = await maskcon(...labels(["id,fine", ...rows].join("\n")));
    expect(code, err).toBe(0);
    expect(out).toMatch(/^proposed from 48 labelled images/);
    expect(out).toMatch(/train with: --method .*\nnear targets need not train best: /);
    expect(err).toMatch(
      /warning: the proposal rests on 48 labelled images: give a few hundred for a proposal that can be trusted/,
    );
    const more = await maskcon(...labels(["id,fine", "held-out.png,kind 1", ...rows, "b.png,kind 2"].join("\n")));
    expect(more).toMatchObject({ code: 0, out });
    expect(more.err).toContain('labels.csv: left out 2 rows of no training image, the first in line 2: "held-out.png"');
  });

  it.each([
    [
      ["diagnose", "@run-flat"],
      /flat.*: expected images with fine labels, found coarse labels alone; give some with --labels/,
    ],
    [["diagnose", "@run-flat", "--fine-labels", "9"], /--fine-labels: expected images with fine labels, found coarse/],
    [["diagnose", "@run-kinds", "--fine-labels", "1"], /--fine-labels: expected a whole number of at least 2, found 1/],
    [["diagnose", "@run-kinds", "--images", "x"], /--images: expected a number, found "x"/],
    [["diagnose", "@bare", "--checkpoints"], /bare.checkpoints: expected a checkpoint that is whole, found none/],
    [["diagnose", "@nowhere"], /nowhere: expected the folder of a run, found no such folder/],
    [["diagnose", "@run-flat", "--labels", "@none.csv"], /none\.csv: expected a readable file, found/],
  ])("refuses %j in one line", async (args, message) => {
    const { code, err } = await maskcon(...args);
    expect(err.trimEnd().split("\n").at(-1)).toMatch(message);
    expect(code).toBeGreaterThan(0);
  });

  it("refuses labels of a single fine class, and none", async () => {
    const one = await maskcon(...labels(`id,fine\n${names[0]},a\n${names[1]},a\n`));
    expect(one).toMatchObject({ code: 1, err: expect.stringContaining("at least two fine classes") });
    const none = await maskcon(...labels("id,fine\n"));
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("found no fine label") });
    const lone = await maskcon(...labels(`id,fine\n${names[0]},a\n${names[12]},b\n`));
    expect(lone.err).toMatch(/expected two labelled images of one fine class within a coarse class, found none/);
  });
});
