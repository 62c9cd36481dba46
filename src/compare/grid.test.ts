import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cellsOf } from "./cells.ts";
import { parseGrid, readGrid, shareCores, withSettings } from "./grid.ts";

const manyRates = Array.from({ length: 100 }, (_, i) => (i + 1) / 1000);

const message = (values: Record<string, unknown>) => {
  try {
    cellsOf(parseGrid("g.json", values));
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("a grid", () => {
  it.each([
    [{}, "g.json: methods: expected a list of methods"],
    [
      JSON.parse('{ "methods": ["maskcon"], "settings": { "__proto__": {} } }'),
      'g.json: settings: expected a known name, found "__proto__"',
    ],
    [
      { methods: ["maskcon", "selfcon"], seeds: [1, 2], vary: { learningRate: manyRates, temperature: manyRates } },
      "g.json: expected at most 10000 runs, found 40000; vary fewer settings at once",
    ],
    [{ methods: [] }, "g.json: methods: expected at least one method, found []"],
    [{ method: ["supcon"] }, 'g.json: expected a known name, found "method"; did you mean "methods"?'],
    [{ methods: ["supconn"] }, "g.json: methods[0]: expected a method (frozen, whitened, maskcon, selfcon"],
    [{ methods: ["supconn"] }, 'did you mean "supcon"?'],
    [{ methods: [7] }, "g.json: methods[0]: expected a method (frozen"],
    [{ methods: [{ coarseWeight: 1 }] }, "g.json: methods[0]: expected a method"],
    [
      { methods: [{ method: "supcon", coarseWieght: 1 }] },
      'methods[0]: expected a known name, found "coarseWieght"; did you mean "coarseWeight"?',
    ],
    [
      { methods: [{ method: "supcon", softTemperature: 1 }] },
      "methods[0]: softTemperature: expected a setting that changes supcon",
    ],
    [
      { methods: [{ method: "maskcon", softTemperature: 0 }] },
      "methods[0]: softTemperature: expected a number above 0, found 0",
    ],
    [{ methods: [{ method: "maskcon", seed: 1 }] }, 'found "seed"; it belongs to "seeds" of the grid'],
    [{ methods: [{ method: "supcon", name: "\u0007" }] }, "a name of 1 to 80 printable characters"],
    [{ methods: [{ method: "supcon", name: "---" }] }, "expected a name with letters or digits"],
    [{ methods: ["supcon", "supcon"] }, 'expected a name of its own for every row, found "supcon" twice'],
    [{ methods: ["supcon", { name: "Supcon!", method: "supcon" }] }, "which share a folder's name"],
    [{ methods: ["supcon"], seeds: [] }, "g.json: seeds: expected at least one seed"],
    [{ methods: ["supcon"], seeds: [0, 1.5] }, "g.json: seeds[1]: expected a whole number, found 1.5"],
    [{ methods: ["supcon"], seeds: [0, 0] }, "g.json: seeds: expected different seeds"],
    [
      { methods: ["supcon"], settings: { epoch: 1 } },
      'g.json: settings: expected a known name, found "epoch"; did you mean "epochs"?',
    ],
    [
      { methods: ["supcon"], settings: { epochs: 0 } },
      "g.json: settings: epochs: expected a number of at least 1, found 0",
    ],
    [{ methods: ["supcon"], settings: { preset: "demo" } }, 'it belongs to "preset" of the grid'],
    [{ methods: ["supcon"], preset: "cpu-smal" }, "g.json: preset: expected one of"],
    [
      { methods: ["supcon"], vary: { queueSize: [8, -1] } },
      "g.json: vary: queueSize: expected a number of at least 1, found -1",
    ],
    [{ methods: ["supcon"], vary: { softTemperature: [0.1] } }, 'found "softTemperature", which changes none of them'],
    [{ methods: ["supcon"], vary: { queueSize: 8 } }, "g.json: vary.queueSize: expected a list of values"],
  ])("refuses %j in one line", (values, expected) => {
    expect(message(values)).toContain(expected);
    expect(message(values)).not.toContain("\n");
  });

  it("lets settings laid over it replace a length in steps", () => {
    const grid = parseGrid("g.json", { methods: ["supcon"], settings: { steps: 5, batchSize: 8 } });
    expect(withSettings(grid, { epochs: 2 }).settings).toEqual({ epochs: 2, batchSize: 8 });
    expect(withSettings(grid, { batchSize: 4 }).settings).toEqual({ steps: 5, batchSize: 4 });
  });

  it("refuses a wrong value where it is read, whatever is laid over it", () => {
    const read = (settings: object) => parseGrid("g.json", { methods: ["supcon"], settings });
    expect(() => withSettings(read({ batchSize: "many" }), { batchSize: 4 })).toThrow("g.json: settings: batchSize");
    expect(() => withSettings(read({ steps: 0 }), { epochs: 4 })).toThrow("g.json: settings: steps");
  });

  it("finds the files that it names from its own folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "maskcon-grid-"));
    const file = join(folder, "grid.json");
    const methods = ["supcon", { method: "maskcon", init: "own.safetensors" }];
    writeFileSync(
      file,
      JSON.stringify({ settings: { init: "/a/b.safetensors" }, methods, vary: { coarseMap: ["m.csv"] } }),
    );
    const grid = await readGrid(file);
    rmSync(folder, { recursive: true });
    expect(grid.settings).toEqual({ init: "/a/b.safetensors" });
    expect(grid.methods[1]!.settings).toEqual({ init: join(folder, "own.safetensors") });
    expect(grid.vary).toEqual({ coarseMap: [join(folder, "m.csv")] });
  });
});

it("runs at once share the cores, unless the grid says how many", () => {
  const grid = parseGrid("grid.json", { methods: ["supce"], settings: { epochs: 2 } });
  expect(shareCores(grid, 1, 8)).toBe(grid);
  expect(shareCores(grid, 2, 8).settings).toEqual({ epochs: 2, threads: 4, workers: 2 });
  expect(shareCores(grid, 9, 8).settings).toEqual({ epochs: 2, threads: 1, workers: 1 });
  expect(shareCores(withSettings(grid, { threads: 3 }), 2, 8).settings).toEqual({ epochs: 2, threads: 3, workers: 2 });
});
