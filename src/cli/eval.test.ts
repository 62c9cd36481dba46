import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { resolveConfig } from "../config/index.ts";
import { loadRun } from "../run/index.ts";
import { train } from "../train/index.ts";
import { openSource } from "./open-source.ts";

/** A run that was stopped once its frozen encoder was evaluated. */
async function frozenRun(settings: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const folder = temporaryFolder();
  const images = join(folder, "images");
  for (let i = 0; i < 16; i++) put(images, `${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(16 * i, 16, 16));
  const sizes = { imageSize: 16, batchSize: 4, queueSize: 8, embeddingDim: 4, steps: 2, testFraction: 0.5 };
  const config = resolveConfig({ flags: { backbone: "resnet20", workers: 1, ...sizes, ...settings } });
  const stop = new AbortController();
  const onEvent = ({ event }: { event: string }) => {
    if (event === "eval") stop.abort();
  };
  const data = await openSource(images, config);
  await train(config, data, { out: join(folder, "run"), source: images, signal: stop.signal, onEvent });
  return join(folder, "run");
}

const evaluate = (folder: string, flags: readonly string[], columns?: number) =>
  runCommand(["eval", folder, ...flags], columns);

it("has no trained encoder before the first step", async () => {
  const folder = await frozenRun();
  const { code, out, err } = await evaluate(folder, ["--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const given = JSON.parse(out);
  expect(Object.keys(given)).toEqual([
    ...["frozen", "encoder", "step", "epoch", "images", "trainedWith"],
    ...["metrics", "perClass"],
  ]);
  expect(Object.keys(given.metrics)).toEqual(["frozen"]);
  for (const row of given.perClass) expect(row).not.toHaveProperty("trained");
  expect(Object.keys(JSON.parse(readFileSync(join(folder, "eval.json"), "utf8")))).toEqual([
    ...["frozen", "step", "epoch", "run"],
  ]);

  const text = (await evaluate(folder, [])).out;
  expect(text).toContain("frozen encoder\nclass ");
  expect(text).toContain("8 images say little: one is 12.5 points");
  expect(text).not.toContain("R@10");
  expect([Object.keys(given.frozen.coarse), Object.keys(given.metrics.frozen.coarse.precision)]).toEqual([
    ["1", "2", "5"],
    ["1", "2", "5"],
  ]);
  expect(text).not.toMatch(/trained|gain/);
});

it("measures a run on its training images where that was asked for", async () => {
  const [tested, trained] = [await frozenRun(), await frozenRun({ measureOn: "train" })];
  const images = async (folder: string) => JSON.parse((await evaluate(folder, ["--json"])).out).images;
  expect([await images(tested), await images(trained)]).toEqual([8, 8]);
  const [a, b] = await Promise.all([tested, trained].map((folder) => loadRun(folder)));
  expect([a!.record.dataset.testImages, b!.record.dataset.testImages]).toEqual([8, 0]);
  expect((await evaluate(trained, [])).err).toContain("evaluated on the training images");
});

it("counts the images on a terminal, also where recall alone is wanted", async () => {
  const folder = await frozenRun();
  const { err } = await evaluate(folder, ["--quick"], 80);
  const lines = err.split("\r\x1b[K");
  expect(lines.slice(1, -1).length).toBeGreaterThan(0);
  for (const line of lines.slice(1, -1)) expect(line).toMatch(/^frozen encoder: (images|neighbours) \d+%$/);
  expect([lines[0], lines.at(-1)]).toEqual(["", ""]);
  expect((await evaluate(folder, ["--quick"])).err).toBe("");
});

it("measures all of other images, says how many were trained with, and keeps the run's own figures", async () => {
  const folder = await frozenRun();
  const recorded = () => readFileSync(join(folder, "eval.json"), "utf8");
  const before = recorded();
  const others = temporaryFolder();
  for (let i = 0; i < 16; i++)
    put(others, `${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(16 * i + 8, 16, 16));
  const quick = (...flags: string[]) => evaluate(folder, ["--quick", "--json", ...flags]);
  const fresh = await quick("--data", others);
  expect(fresh).toMatchObject({ code: 0, err: "" });
  expect(JSON.parse(fresh.out)).toMatchObject({ images: 16, trainedWith: 0 });
  expect((await evaluate(folder, ["--quick", "--data", others])).out).toContain(`${others}, 16 images, query`);
  const page = ["report", folder, "--data", others, "--map", "0", "--queries", "0"];
  expect(await runCommand(page)).toMatchObject({
    code: 2,
    err: expect.stringMatching(/--out: expected a file for the report on other images .*report\.html is the report/),
  });
  expect(await runCommand([...page, "--out", join(folder, "../others.html")])).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, "report.html"))).toBe(false);

  put(others, "even/0/copy.png", await png(0, 16, 16));
  put(others, "even/0/another.png", await png(16, 16, 16));
  for (const i of [2, 3, 4, 5, 6, 7]) put(others, `odd/1/copy-${i}.png`, await png(16 * i, 16, 16));
  const mixed = await quick("--data", others);
  const { images, trainedWith } = JSON.parse(mixed.out);
  expect(images).toBe(24);
  expect(trainedWith).toBeGreaterThan(0);
  expect(mixed.err).toBe(
    `warning: ${trainedWith} of these 24 images were trained with: their figures say little about others\n`,
  );
  expect((await evaluate(folder, ["--quick", "--data", others])).err).toBe(mixed.err);
  const map = put(others, "../map.csv", "fine,coarse\n0,x\n1,y\n2,x\n3,y\n");
  expect(await quick("--coarse-map", map)).toMatchObject({ code: 0, err: "" });
  rmSync(map);
  expect(recorded()).toBe(before);
});

it("takes the run's own images at another place for what they are", async () => {
  const folder = await frozenRun();
  const [from, to] = [join(folder, "../images"), join(folder, "../moved")];
  const before = JSON.parse((await evaluate(folder, ["--quick", "--json"])).out);
  renameSync(from, to);
  const gone = await evaluate(folder, ["--quick"]);
  expect(gone).toMatchObject({
    code: 1,
    err: expect.stringMatching(/images: expected the images that this run was .*--data DATA\n$/),
  });
  const moved = await evaluate(folder, ["--quick", "--json", "--data", to]);
  expect(moved).toMatchObject({ code: 0, err: expect.stringMatching(/^note: these are the run's own images; .*\n$/) });
  expect(JSON.parse(moved.out)).toEqual(before);
  expect(await evaluate(folder, ["--quick", "--json"])).toEqual({ ...moved, err: "" });

  for (let i = 0; i < 16; i++) {
    const name = `${i % 2 ? "odd" : "even"}/${i % 4}`;
    renameSync(join(to, name, `${i}.png`), join(to, name, `IMG_${i}.png`));
  }
  const refusal =
    /moved: expected the 8 training and 8 test images of this run, found for training \d of them and \d of/;
  for (const command of ["eval", "diagnose"]) {
    const refused = { code: 1, out: "", err: expect.stringMatching(refusal) };
    expect(await runCommand([command, folder])).toEqual(refused);
  }
  const out = join(folder, "../moved.html");
  const page = await runCommand([
    "report",
    folder,
    "--data",
    to,
    "--map",
    "0",
    "--queries",
    "0",
    "--json",
    "--out",
    out,
  ]);
  expect(JSON.parse(page.out).missing).toContainEqual(
    expect.stringMatching(/^8 of these 16 images were trained with: /),
  );
});
