import { truncateSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { type Mutation, mutate, mutations } from "../../test/mutations.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { MaskconError } from "../core/index.ts";
import { readConfigFile } from "./file.ts";
import { formatRecord, parseRecord } from "./record.ts";
import { resolveConfig } from "./resolve.ts";

const dataset = {
  ...{ name: "d", trainImages: 10, testImages: 5, coarseClasses: ["a", "b"], labels: "00" },
  normalization: {
    mean: [0.5, 0.5, 0.5] as [number, number, number],
    std: [0.2, 0.2, 0.2] as [number, number, number],
  },
};
const config = resolveConfig({ flags: { preset: "cifar100" } });
const whole = formatRecord({ version: "1", data: "/data", dataset, plan: { "dW 16": "slices" }, config });

/** Whether a `config.json` is taken. What refuses it is one short line that names the file. */
async function taken(folder: string, content: string | Uint8Array): Promise<boolean> {
  const file = put(folder, "config.json", content);
  try {
    parseRecord(file, await readConfigFile(file));
    return true;
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    expect(error.message).toMatch(/^[^\n]*config\.json(, byte \d+|, line \d+, character \d+)?: [^\n]+$/);
    expect(error.message.length).toBeLessThan(2000);
    return false;
  }
}

it("refuses a damaged config.json in one line, and throws nothing else", async () => {
  const folder = temporaryFolder();
  expect(await taken(folder, whole)).toBe(true);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (list) => {
      if (!(await taken(folder, mutate(new TextEncoder().encode(whole), list as Mutation[])))) refused++;
    }),
    { numRuns: 1000 },
  );
  expect(refused).toBeGreaterThan(100);
});

it("calls a Git LFS pointer that, with what to do", async () => {
  const folder = temporaryFolder();
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1234567\n`;
  await expect(readConfigFile(put(folder, "grid.json", pointer))).rejects.toThrow(
    `expected the file itself, found a Git LFS pointer; run \`git lfs pull\` in ${folder}`,
  );
});

it("refuses any value in place of another, or is given it back", async () => {
  const folder = temporaryFolder();
  const values = JSON.parse(whole) as Record<string, unknown>;
  const key = fc.constantFrom(...Object.keys(values), "dataset.normalization", "__proto__", "x".repeat(1 << 20));
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(1e308, -1, 2 ** 53, "y".repeat(1 << 20), [], {}, "1e999", Array(1e5).fill(0)),
  );
  for (const key of Object.keys(values)) {
    await taken(folder, JSON.stringify({ ...values, [key]: { toString: false } }));
  }
  await fc.assert(
    fc.asyncProperty(key, value, async (key, value) => {
      await taken(folder, JSON.stringify({ ...values, [key]: value }).replaceAll('"1e999"', "1e999"));
    }),
    { numRuns: 500 },
  );
  expect(await taken(folder, `{"epochs": ${"[".repeat(1e6)}${"]".repeat(1e6)}}`)).toBe(false);
});

it("does not read what is too large to be one", async () => {
  const folder = temporaryFolder();
  const file = put(folder, "config.json", whole);
  truncateSync(file, 2 ** 32);
  const before = process.memoryUsage().rss;
  await expect(readConfigFile(file)).rejects.toThrow(/config\.json: expected at most 16 MiB of settings, found more$/);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

it("refuses a setting that comes twice with two values", async () => {
  const folder = temporaryFolder();
  const read = (text: string) => readConfigFile(put(folder, "c.json", text));
  await expect(read('{"epochs": 5, "batchSize": 8, "epochs": 50}')).rejects.toThrow(
    'c.json: expected every setting once, found "epochs" twice, with two values',
  );
  expect(await read('\ufeff{"epochs": 5, "epochs": 5}')).toEqual({ epochs: 5 });
  const deep = `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  expect(Object.keys(await read(deep))).toEqual(["a"]);
});
