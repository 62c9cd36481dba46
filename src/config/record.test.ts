import { describe, expect, it } from "vitest";
import {
  checkSameRun,
  checkUnedited,
  formatRecord,
  parseRecord,
  type RunRecord,
  runId,
  settingsAnew,
  settingsOf,
} from "./record.ts";
import { resolveConfig } from "./resolve.ts";
import { version } from "./version.ts";

const config = resolveConfig({ flags: { preset: "cifar100", epochs: 20 } });
const record: RunRecord = {
  version,
  data: "/data/cifar",
  dataset: {
    name: "cifar100",
    trainImages: 10,
    testImages: 5,
    coarseClasses: ["a", "b"],
    labels: "00",
    normalization: { mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] },
  },
  plan: { "dW 16": "slices" },
  config,
};

describe("config.json", () => {
  const values = JSON.parse(formatRecord(record));

  it("is flat: every setting under its own name beside what the run is about", () => {
    expect(values).toMatchObject({ ...config, version, data: "/data/cifar" });
  });

  it("reads back as it was written", () => {
    expect(parseRecord("config.json", values)).toEqual(record);
    expect(
      parseRecord("config.json", JSON.parse(formatRecord({ ...record, data: undefined, plan: undefined }))),
    ).toEqual({
      ...record,
      data: undefined,
      plan: undefined,
    });
  });

  it("serves as a configuration file of another run", () => {
    expect(resolveConfig({ file: { path: "config.json", values: settingsOf(values) } })).toEqual(config);
  });

  it("works out anew for another method or length what followed from its own", () => {
    const under = (flags: Record<string, unknown>) =>
      resolveConfig({ flags, file: { path: "config.json", values: settingsAnew(values, flags) } });
    expect(under({ seed: 1 })).toEqual({ ...config, seed: 1 });
    expect(under({ method: "grafit" }).softWeight).toBe(0.5);
    expect(under({ epochs: 3 }).warmupEpochs).toBeCloseTo(0.15);
    expect(under({ steps: 100 }).warmupEpochs).toBeUndefined();
    expect(under({ method: "coins", epochs: 20, softWeight: 0.2 })).toMatchObject({ softWeight: 0.2, warmupEpochs: 1 });
  });

  it.each([
    [{ ...values, dataset: undefined }, /config\.json: expected the config\.json of a run, found no dataset/],
    [{ ...values, version: undefined }, /found no version/],
    [{ ...values, data: 5 }, /found data: .*expected string/],
    [{ ...values, plan: "fast" }, /found plan: .*expected record/],
    [{ ...values, id: "1" }, /found id: a SHA-256 in hex/],
    [{ ...values, dataset: { ...values.dataset, images: 1 } }, /found dataset\.images: /],
    [{ ...values, queueSize: -1 }, /config\.json: queueSize: expected a number of at least 1/],
    [{ ...values, queueSizes: 1 }, /did you mean "queueSize"/],
  ])("is refused where it is not one", (broken, message) => {
    expect(() => parseRecord("config.json", broken)).toThrow(message);
  });
});

describe("a config.json that somebody edited", () => {
  const text = formatRecord(record);
  const changed = (from: string, to: string) => {
    expect(text).toContain(from);
    return () => checkUnedited("config.json", JSON.parse(text.replace(from, to)));
  };

  it.each([
    ['"imageSize": 32', '"imageSize": 64'],
    ['"method": "maskcon"', '"method": "supcon"'],
    ['"trainImages": 10', '"trainImages": 11'],
    ['"a",', '"b",'],
    ["0.5", "0.4"],
    ['"seed": 0,', ""],
  ])("is refused where %s becomes %s", (from, to) => {
    expect(changed(from, to)).toThrow(
      /^config\.json: expected the settings .* found a file that was edited since; undo/,
    );
  });

  it.each([
    ["/data/cifar", "/elsewhere"],
    ['"name": "cifar100"', '"name": "elsewhere"'],
    ['"workers": 1', '"workers": 3'],
    ['"device": "cpu"', '"device": "webgpu"'],
    ['"slices"', '"rows"'],
    [text, JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse()))],
  ])("is taken where %s becomes %s", (from, to) => {
    expect(changed(from, to)).not.toThrow();
  });

  it("is taken where an earlier version wrote it", () => {
    const { sha256: _, ...earlier } = JSON.parse(text);
    expect(() => checkUnedited("config.json", { ...earlier, imageSize: 64 })).not.toThrow();
  });
});

describe("the id of a run", () => {
  const idOf = (options: object, more: object = {}) =>
    runId({ ...record, ...more, config: { ...config, ...options } as typeof config });

  it("follows from images, initial weights and what decides the training, not from places", () => {
    const id = idOf({});
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    for (const same of [{ init: "/elsewhere" }, { coarseMap: "/map.csv" }, { workers: 7 }, { encoder: "key" }]) {
      expect(idOf(same)).toBe(id);
    }
    for (const other of [{ seed: 1 }, { method: "supcon" }, { epochs: 3 }]) expect(idOf(other)).not.toBe(id);
    expect(idOf({}, { initialWeights: "a" })).not.toBe(id);
    expect(idOf({}, { dataset: { ...record.dataset, images: "a" } })).not.toBe(id);
    expect(idOf({}, { dataset: { ...record.dataset, name: "elsewhere" } })).toBe(id);
  });

  // As version 0.1 had them: a setting that is added must leave them alone. They change with a default.
  it("is what it was before settings were added, and is another with one of them", () => {
    const behind = { ...resolveConfig(), backbone: "m.onnx" } as const;
    expect(runId({ ...record, config: resolveConfig() })).toMatch(/^eb5739c5cd2f/);
    expect(runId({ ...record, model: "a", config: behind })).toMatch(/^dbcf5e8fbc2a/);
    for (const added of [
      { crops: 2 },
      { positiveOwnKeys: true },
      { clipNorm: 1 },
      { layerDecay: 0.75 },
      { headRate: 10 },
      { optimizer: "adamw" } as const,
    ]) {
      expect(runId({ ...record, model: "a", config: { ...behind, ...added } })).not.toMatch(/^dbcf5e8fbc2a/);
    }
    expect(idOf({ layerDecay: 0.75 })).toBe(idOf({}));
  });
});

describe("checkSameRun", () => {
  it("lets pass what does not touch the training, and names the first that does", () => {
    expect(() =>
      checkSameRun("c", config, { ...config, workers: 3, evalEvery: 1, checkpointMinutes: 1 }),
    ).not.toThrow();
    expect(() => checkSameRun("c", config, { ...config, encoder: "key" })).not.toThrow();
    expect(() => checkSameRun("c", config, { ...config, encoder: "key" }, { sameFigures: true })).toThrow(
      /--encoder: expected "query", as c says, found "key"/,
    );
    // What the images and labels are, they show themselves.
    expect(() => checkSameRun("c", config, { ...config, coarseMap: "m.csv" })).not.toThrow();
    expect(() => checkSameRun("c", config, { ...config, coarseMap: "m.csv" }, { sameFigures: true })).toThrow(
      /--coarse-map: expected none, as c says, found "m\.csv"/,
    );
    expect(() => checkSameRun("c", config, { ...config, init: "w" }, { sameInit: true })).not.toThrow();
    expect(() => checkSameRun("c", config, { ...config, crops: 2 })).toThrow(/--crops: expected 1, as c says, found 2/);
    expect(() => checkSameRun("c", config, { ...config, positiveOwnKeys: true })).toThrow(
      /--positive-own-keys: expected false, as c says, found true/,
    );
    expect(() => checkSameRun("c", config, { ...config, seed: 1 })).toThrow(/--seed: expected 0, as c says, found 1/);
    expect(() => checkSameRun("c", config, { ...config, init: "w" })).toThrow(
      /--init: expected none, as c says, found "w"/,
    );
  });
});
