import { expect, it } from "vitest";
import type { EvalReport } from "../eval/index.ts";
import { withBeside } from "./beside.ts";
import { cellsOf } from "./cells.ts";
import { parseGrid } from "./grid.ts";
import type { CellResult } from "./results.ts";
import { compareRows } from "./rows.ts";

const reportOf = (share: number): EvalReport => ({ fine: { "1": share }, coarse: { "1": share } });

/** Runs of a grid behind a model; those of `missing` have measured nothing yet. */
function resultsOf(values: Record<string, unknown>, missing: readonly string[] = []): CellResult[] {
  const settings = { backbone: "m.onnx", ...(values.settings as object) };
  return cellsOf(parseGrid("g.json", { ...values, settings })).map((cell): CellResult => {
    if (missing.includes(cell.id)) return { cell, state: undefined, report: undefined, beside: {}, curve: [] };
    const measured = { frozen: reportOf(0.1 + cell.seed / 100), whitened: reportOf(0.2), head: reportOf(0.3) };
    const report = { ...measured, trained: reportOf(0.4) }[cell.encoder];
    return { cell, state: { status: "finished" }, report, beside: measured, curve: [] };
  });
}

const namesOf = (values: Record<string, unknown>) =>
  compareRows(withBeside(resultsOf(values))).map(({ name, encoder }) => [name, encoder]);

it("adds the model alone and whitened, before the trained rows and after those that the grid has first", () => {
  const trained = [
    ["maskcon", "trained"],
    ["supce", "trained"],
  ];
  const untrained = [
    ["frozen", "frozen"],
    ["whitened", "whitened"],
  ];
  expect(namesOf({ methods: ["maskcon", "supce"] })).toEqual([...untrained, ...trained]);
  expect(namesOf({ methods: ["frozen", "maskcon", "supce"] })).toEqual([...untrained, ...trained]);
  expect(namesOf({ methods: ["frozen", "whitened", "maskcon", "supce"] })).toEqual([...untrained, ...trained]);
  expect(namesOf({ methods: ["maskcon", "supce"], settings: { whiten: 0 } })).toEqual([untrained[0], ...trained]);
});

it("adds nothing to runs that train a network of this package, nor to untrained ones", () => {
  expect(namesOf({ methods: ["maskcon"], settings: { backbone: "resnet20" } })).toEqual([["maskcon", "trained"]]);
  expect(namesOf({ methods: ["frozen"] })).toEqual([["frozen", "frozen"]]);
});

it("has a row for each model, size and whitening that is compared, and none for what changes nothing of them", () => {
  const vary = { imageSize: [64, 96], whiten: [32, 64], softTemperature: [0.1, 0.2] };
  const names = namesOf({ methods: ["maskcon", "supce"], vary }).map(([name]) => name);
  expect(names.filter((name) => name!.startsWith("frozen"))).toEqual(["frozen imageSize 64", "frozen imageSize 96"]);
  expect(names.filter((name) => name!.startsWith("whitened"))).toEqual([
    "whitened imageSize 64 whiten 32",
    "whitened imageSize 64 whiten 64",
    "whitened imageSize 96 whiten 32",
    "whitened imageSize 96 whiten 64",
  ]);
  const own = namesOf({ methods: ["frozen", "maskcon", { name: "large", method: "maskcon", imageSize: 96 }] });
  expect(own.map(([name]) => name)).toEqual([
    ...["frozen", "whitened", "frozen imageSize 96", "whitened imageSize 96", "maskcon", "large"],
  ]);
});

it("has the head of each row that trains the model itself, before it", () => {
  const settings = { trainable: "all" };
  const methods = ["maskcon", { name: "mine", method: "maskcon", softTemperature: 0.2 }, "supfine"];
  expect(namesOf({ methods, settings }).slice(2)).toEqual([
    ["maskcon (head)", "head"],
    ["maskcon", "trained"],
    ["mine (head)", "head"],
    ["mine", "trained"],
    ["supfine (head)", "head"],
    ["supfine", "trained"],
  ]);
  const rates = namesOf({ methods: ["maskcon"], settings, vary: { learningRate: [1e-4, 2e-4], views: [4, 8] } });
  expect(rates.filter(([, encoder]) => encoder === "head").map(([name]) => name)).toEqual([
    "maskcon views 4 (head)",
    "maskcon views 8 (head)",
  ]);
});

it("has no second row of a head that the grid trains by itself", () => {
  const names = namesOf({ methods: ["maskcon"], vary: { trainable: ["head", "tail:1", "all"] } });
  expect(names.map(([name]) => name)).toEqual([
    ...["frozen", "whitened", "maskcon trainable head", "maskcon trainable tail:1", "maskcon trainable all"],
  ]);
  const shorter = namesOf({ methods: ["maskcon"], settings: { steps: 9 }, vary: { trainable: ["head", "all"] } });
  expect(shorter.map(([name]) => name)).toEqual([
    ...["frozen", "whitened", "maskcon trainable head", "maskcon (head)", "maskcon trainable all"],
  ]);
});

it("gives every row a name of its own", () => {
  const rows = compareRows(withBeside(resultsOf({ methods: [{ name: "frozen", method: "maskcon" }, "supce"] })));
  expect(rows.map(({ name, kind }) => [name, kind])).toEqual([
    ["frozen 2", "frozen"],
    ["whitened", "whitened"],
    ["frozen", "maskcon"],
    ["supce", "supce"],
  ]);
  expect(rows[3]!.beside).toEqual({ frozen: "frozen-2", whitened: "whitened" });
});

it("takes each seed's figures from the first run that has them", () => {
  const values = { methods: ["maskcon", "supce"], seeds: [0, 1, 2] };
  const results = resultsOf(values, ["maskcon-seed0", "maskcon-seed2", "supce-seed2"]);
  const [frozen, , maskcon] = compareRows(withBeside(results));
  expect(frozen).toMatchObject({ n: 2, seeds: 3 });
  expect(Object.entries(frozen!.bySeed).map(([seed, { fine }]) => [seed, fine])).toEqual([
    ["0", 0.1],
    ["1", 0.11],
  ]);
  expect(maskcon).toMatchObject({ n: 1, seeds: 3, beside: { frozen: "frozen", whitened: "whitened" } });
});
