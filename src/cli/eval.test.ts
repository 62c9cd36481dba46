import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { resolveConfig } from "../config/index.ts";
import { train } from "../train/index.ts";
import { openSource } from "./open-source.ts";

/** A run that was stopped once its frozen encoder was evaluated. */
async function frozenRun(): Promise<string> {
  const folder = temporaryFolder();
  const images = join(folder, "images");
  for (let i = 0; i < 16; i++) put(images, `${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`, await png(16 * i, 16, 16));
  const sizes = { imageSize: 16, batchSize: 4, queueSize: 8, embeddingDim: 4, steps: 2, testFraction: 0.5 };
  const config = resolveConfig({ flags: { backbone: "resnet20", workers: 1, ...sizes } });
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
  expect(Object.keys(given)).toEqual(["frozen", "encoder", "step", "epoch", "images", "metrics", "perClass"]);
  expect(Object.keys(given.metrics)).toEqual(["frozen"]);
  for (const row of given.perClass) expect(row).not.toHaveProperty("trained");
  expect(Object.keys(JSON.parse(readFileSync(join(folder, "eval.json"), "utf8")))).toEqual(["frozen", "step", "epoch"]);

  const text = (await evaluate(folder, [])).out;
  expect(text).toContain("frozen encoder\nclass ");
  expect(text).not.toMatch(/trained|gain/);
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
