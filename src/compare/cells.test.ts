import { describe, expect, it } from "vitest";
import { type RunConfig, resolveConfig } from "../config/index.ts";
import { type Cell, cellsOf } from "./cells.ts";
import { commandOf, flagsOf, quoted } from "./command-line.ts";
import { parseGrid } from "./grid.ts";
import { paperGrid, paperNames } from "./paper-grids.ts";

const cells = (values: Record<string, unknown>) => cellsOf(parseGrid("g.json", values));

describe("the cells of a grid", () => {
  it("are named after method, own and varied settings, seed by seed", () => {
    const methods = [
      "frozen",
      "supcon",
      { name: "MaskCon, sharp", method: "maskcon", softTemperature: 0.01 },
      "maskcon",
      { method: "supcon", coarseWeight: 1 },
    ];
    const found = cells({ methods, seeds: [3, 1], vary: { softTemperature: [0.05, 0.1] } });
    const row = (seed: number) =>
      ["frozen", "supcon", "maskcon-sharp", "maskcon-t-0.05", "maskcon-t-0.1", "supcon-coarse-weight-1"].map(
        (slug) => `${slug}-seed${seed}`,
      );
    expect(found.map(({ id }) => id)).toEqual([...row(3), ...row(1)]);
    expect(found[3]).toMatchObject({ name: "maskcon T 0.05", base: "maskcon", varied: { softTemperature: 0.05 } });
    expect(found[2]!.config.softTemperature).toBe(0.01);
  });

  it("take all choices of the settings that matter to them", () => {
    const vary = { softWeight: [0.5, 1], softTemperature: [0.05, 0.1], queueSize: [16, 32] };
    const count = (method: string) =>
      cells({ methods: [method, "maskcon"], vary }).filter((c) => c.kind === method).length;
    expect([count("frozen"), count("supce"), count("supcon"), count("grafit")]).toEqual([1, 1, 2, 4]);
    expect(cells({ methods: ["maskcon"], vary })).toHaveLength(8);
  });

  it("carry the common settings that matter to them, and the seed", () => {
    const settings = { softTemperature: 0.2, queueSize: 64, epochs: 3, batchSize: 8 };
    const [frozen, supcon, maskcon] = cells({
      preset: "cpu-small",
      settings,
      methods: ["frozen", "supcon", "maskcon"],
    });
    expect(maskcon!.config).toMatchObject({
      method: "maskcon",
      softTemperature: 0.2,
      queueSize: 64,
      epochs: 3,
      seed: 0,
    });
    expect(supcon!.config).toMatchObject({ method: "supcon", softTemperature: 0.05, queueSize: 64, epochs: 3 });
    expect(frozen!.config).toMatchObject({ method: "supce", steps: 1, batchSize: 8, backbone: "resnet20" });
  });

  it("have a length in epochs of their own in place of common steps", () => {
    const [own, common] = cells({ settings: { steps: 100 }, methods: [{ method: "supce", epochs: 3 }, "supcon"] });
    expect([own!.config.epochs, own!.config.steps, common!.config.steps]).toEqual([3, undefined, 100]);
    const varied = cells({ settings: { steps: 100 }, methods: ["supcon"], vary: { epochs: [1, 2] } });
    expect(varied.map(({ config }) => [config.epochs, config.steps])).toEqual([
      [1, undefined],
      [2, undefined],
    ]);
  });

  it("judge settings together only where they meet", () => {
    const average = { settings: { encoder: "average" }, methods: [{ method: "supcon", averageEpochs: 2 }] };
    expect(cells(average)[0]!.config).toMatchObject({ encoder: "average", averageEpochs: 2 });
    const methods = ["frozen", "supce", "coins", "maskcon"];
    const common = cells({ settings: { encoder: "key", coarseWeightEnd: 0 }, methods });
    expect(common.map(({ config }) => [config.encoder, config.coarseWeightEnd])).toEqual([
      ["query", undefined],
      ["query", undefined],
      ["key", undefined],
      ["key", 0],
    ]);
    expect(
      cells({ methods, vary: { encoder: ["query", "key"], weak: ["crop-flip", "crop-flip-affine"] } }),
    ).toHaveLength(1 + 1 + 4 + 4);
  });

  it("of SOP's tables have a w of their own, not MaskCon's", () => {
    const w = Object.fromEntries(cellsOf(paperGrid("paper-sop-split1")).map((c) => [c.kind, c.config.softWeight]));
    expect(w).toMatchObject({ coins: 0.5, grafit: 0.5, maskcon: 0.8 });
  });

  it("mark the upper reference", () => {
    expect(cells({ methods: ["supcon", "supfine"] }).map(({ reference }) => reference)).toEqual([false, true]);
  });
});

describe("the command of a cell", () => {
  /** What the flags say, as the command line reads them. */
  const parse = (flags: readonly string[]) => {
    const values: Record<string, unknown> = {};
    for (let i = 0; i < flags.length; i++) {
      const key = flags[i]!.slice(2).replace(/-([a-z])/g, (_, c: string) => c.toUpperCase());
      const next = flags[i + 1];
      if (next === undefined || next.startsWith("--")) values[key] = true;
      else values[key] = Number.isNaN(Number(flags[++i])) ? next : Number(next);
    }
    return values;
  };
  const resolved = (config: RunConfig) => resolveConfig({ flags: parse(flagsOf(config)) });

  it.each(paperNames.flatMap((name) => [[name, "full"] as const, [name, "small"] as const]))(
    "makes each run of %s, %s again",
    (name, scale) => {
      for (const { config } of cellsOf(paperGrid(name, scale))) expect(resolved(config)).toEqual(config);
    },
  );

  it("does so where settings fight a preset's", () => {
    const methods = ["frozen", "supce", "coins", { method: "maskcon", softWeight: 0.3, softTemperatureEnd: 0.01 }];
    const settings = { epochs: 40, warmupEpochs: 2, partial: true, init: "my weights.safetensors", queueSize: 7 };
    const found: Cell[] = cells({ preset: "demo", settings, methods, vary: { backbone: ["resnet20", "resnet18"] } });
    expect(found).toHaveLength(8);
    for (const { config } of found) expect(resolved(config)).toEqual(config);
  });

  it.each([
    { preset: "pretrained" },
    { preset: "finetune", settings: { trainable: "all" } },
    { preset: "cars196" },
    {},
  ])("does so behind a model: %j", (grid) => {
    const methods = ["frozen", "whitened", "maskcon", "supce"];
    const settings = { backbone: "m.onnx", ...(grid.settings && { init: "runs/head", ...grid.settings }) };
    const found = cells({ ...grid, methods, settings });
    for (const { config } of found) {
      expect(resolved(config)).toEqual(config);
      const flags = flagsOf(config);
      expect(flags).toContain("--image-size");
      expect(flags).not.toContain("false");
      expect(flags).not.toContain("--queue-size");
    }
  });

  it("has only what differs from the preset, quoted for a shell", () => {
    const [cell] = cells({ preset: "cpu-small", settings: { epochs: 3, backbone: "resnet20" }, methods: ["supcon"] });
    expect(commandOf(cell!.config, "my data", "out")).toBe(
      "maskcon train 'my data' --out out --preset cpu-small --method supcon --epochs 3 --seed 0",
    );
    expect(quoted("it's")).toBe("'it'\\''s'");
  });
});

describe("the paper's grids", () => {
  it("have every method once, and shrink", () => {
    const full = cellsOf(paperGrid("paper-cars196"));
    expect(full.map(({ slug }) => slug)).toEqual("frozen selfcon supcon supce coins grafit maskcon supfine".split(" "));
    expect(full[6]!.config).toMatchObject({ preset: "cars196", backbone: "resnet18", imageSize: 224, epochs: 200 });
    expect(cellsOf(paperGrid("paper-cars196", "small"))[6]!.config).toMatchObject({
      backbone: "resnet20",
      imageSize: 64,
      epochs: 12,
      strong: "crop-flip-perspective-color",
    });
  });

  it("are found by name alone", () => {
    expect(() => paperGrid("paper-cifar-100")).toThrow(/--preset: expected one of .*did you mean "paper-cifar100"/);
    expect(() => paperGrid("paper-cifar100", "tiny")).toThrow(/--scale: expected one of full, small, found "tiny"/);
  });
});
