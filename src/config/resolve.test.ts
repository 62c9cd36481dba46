import { describe, expect, it } from "vitest";
import { resolveConfig } from "./resolve.ts";
import { runJsonSchema, runKeys } from "./schema.ts";

const message = (values: Record<string, unknown>, file?: { path: string; values: Record<string, unknown> }) => {
  try {
    resolveConfig(file ? { flags: values, file } : { flags: values });
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("resolveConfig", () => {
  it("has the official protocol as its defaults", () => {
    expect(resolveConfig()).toMatchObject({
      method: "maskcon",
      backbone: "resnet18",
      queueSize: 8192,
      keyMomentum: 0.99,
      temperature: 0.1,
      softTemperature: 0.05,
      softWeight: 1,
      coarseWeight: 0,
      learningRate: 0.02,
      sgdMomentum: 0.9,
      weightDecay: 5e-4,
      epochs: 200,
      warmupEpochs: 5,
      batchSize: 128,
      weak: "crop-flip",
      strong: "crop-flip-autoaugment",
    });
  });

  it("lets flags win over the file, the file over the preset, the preset over the defaults", () => {
    const file = { path: "c.json", values: { preset: "cpu-small", epochs: 3, seed: 5 } };
    const config = resolveConfig({ flags: { seed: 9, preset: undefined }, file });
    expect(config).toMatchObject({ seed: 9, epochs: 3, backbone: "resnet20", weightDecay: 5e-4 });
    expect(config.warmupEpochs).toBeCloseTo(0.15);
    expect(resolveConfig({ flags: { preset: "imagenet32" }, file }).batchSize).toBe(256);
  });

  it("forgets a preset's steps where epochs are given", () => {
    expect(resolveConfig({ flags: { preset: "demo" } }).steps).toBe(800);
    expect(resolveConfig({ flags: { preset: "demo", epochs: 2 } }).steps).toBeUndefined();
  });

  it("records the w that applies to the method", () => {
    const w = (values: Record<string, unknown>) => resolveConfig({ flags: values }).softWeight;
    expect(w({ method: "grafit", preset: "cifar100" })).toBe(0.5);
    expect(w({ method: "coins", softWeight: 0.3 })).toBe(0.3);
    expect(w({ method: "selfcon", preset: "sop-split1" })).toBe(0);
    expect(w({ method: "supcon" })).toBe(1);
    expect(w({ preset: "sop-split1" })).toBe(0.8);
    expect(w({ preset: "sop-split1", method: "grafit" })).toBe(0.5);
  });

  it("resolves its own output to itself", () => {
    const config = resolveConfig({ flags: { preset: "cars196" } });
    expect(resolveConfig({ file: { path: "config.json", values: config } })).toEqual(config);
  });

  it.each([
    [{ batch_size: 3 }, 'expected a known setting, found "batch_size"; did you mean "batchSize"?'],
    [{ softTemprature: 3 }, 'did you mean "softTemperature"?'],
    [{ softTemperature: 0 }, "--soft-temperature: expected a number above 0, found 0"],
    [{ softTemperature: 1e-300 }, "--soft-temperature: expected a number of at least 1e-30, found 1e-300"],
    [{ softTemperatureEnd: 1e-300 }, "--soft-temperature-end: expected a number of at least 1e-30, found 1e-300"],
    [{ temperature: 1e-300 }, "--temperature: expected a number of at least 1e-30, found 1e-300"],
    [{ temperature: 1e300 }, "--temperature: expected a number of at most 1e+30, found 1e+300"],
    [{ queueSize: 0 }, "--queue-size: expected a number of at least 1, found 0"],
    [{ queueSize: 1.5 }, "--queue-size: expected a whole number, found 1.5"],
    [{ imageSize: 7 }, "--image-size: expected a number of at least 8, found 7"],
    [{ keyMomentum: 1.1 }, "--key-momentum: expected a number of at most 1, found 1.1"],
    [{ learningRate: Number.NaN }, "--learning-rate: expected a finite number, found NaN"],
    [{ learningRate: Number.POSITIVE_INFINITY }, "--learning-rate: expected a finite number, found Infinity"],
    [{ method: "masckon" }, 'did you mean "maskcon"?'],
    [{ preset: "cifar-100" }, 'did you mean "cifar100"?'],
    [{ preset: "toString" }, "--preset: expected one of"],
    [{ epochs: 3, warmupEpochs: 5 }, "--warmup-epochs: expected a warm-up within the 3 epochs"],
    [
      { method: "supcon", softTemperatureEnd: 1 },
      "--soft-temperature-end: expected a method whose softTemperature can",
    ],
    [{ method: "supce", encoder: "key" }, "--encoder: expected query or average, found key; supce has no key encoder"],
    [{ encoder: "average" }, "--encoder: expected query or key, found average, but the run keeps none"],
    [{ seed: "1" }, '--seed: expected a finite number, found "1"'],
    [{ backbone: "resnet19" }, "--backbone: expected one of resnet18, resnet34"],
    [{ backbone: "resnet-18" }, 'or a file that ends in .onnx, found "resnet-18"; did you mean "resnet18"?'],
    [
      { backbone: "m.onnx", trainable: "tail:2", preset: "pretrained" },
      "--trainable: expected head with the preset pretrained, found tail:2; leave the preset out",
    ],
    [
      { backbone: "m.onnx", preset: "finetune" },
      "--trainable: expected tail:N or all with the preset finetune, found head; leave the preset out",
    ],
    [{ backbone: "m.onnx", init: "RUN" }, "--init: expected no initial weights with a model from a file, found RUN"],
    [{ backbone: "m.onnx", trainable: "tail:0" }, '--trainable: expected head, tail:N or all, found "tail:0"'],
    [{ backbone: "m.onnx", init: "w.safetensors" }, "--init: expected no initial weights with a model from a file"],
    [
      { backbone: "m.onnx", layerDecay: 0.75 },
      "--layer-decay: expected --trainable tail:N or all, found head; leave it",
    ],
    [{ backbone: "m.onnx", headRate: 10 }, "--head-rate: expected --trainable tail:N or all, found head; leave it out"],
    [{ layerDecay: 1.01 }, "--layer-decay: expected"],
    [{ layerDecay: 0 }, "--layer-decay: expected"],
    [{ headRate: 0 }, "--head-rate: expected"],
    [{ clipNorm: 0 }, "--clip-norm: expected"],
    [{ backbone: "m.onnx", views: 3 }, "--views: expected an even number, found 3"],
    [{ backbone: "m.onnx", mean: "1,2" }, '--mean: expected three numbers, R,G,B, found "1,2"'],
    [{ preset: "pretrained" }, "--preset: expected a backbone from a file, found resnet18; add --backbone FILE.onnx"],
  ])("refuses %o", (values, expected) => {
    const line = message(values);
    expect(line).toContain(expected);
    expect(line).not.toContain("\n");
  });

  it("names the file's key where the file is wrong, and the flag where the flag is", () => {
    const file = { path: "c.json", values: { queueSize: 0, epochs: 1 } };
    expect(message({}, file)).toContain("c.json: queueSize: expected a number of at least 1");
    expect(message({ queueSize: -1 }, file)).toContain("--queue-size:");
  });

  it.each<[Record<string, unknown>, Record<string, unknown>, string]>([
    [{ batchSize: "many" }, { batchSize: 8 }, 'c.json: batchSize: expected a finite number, found "many"'],
    [{ steps: "many" }, { epochs: 3 }, 'c.json: steps: expected a finite number, found "many"'],
    [{ softWeight: 2 }, { method: "supcon", softWeight: 1 }, "c.json: softWeight: expected a number of at most 1"],
    [{ preset: "nope" }, { preset: "start" }, "c.json: preset: expected one of"],
    [{ device: "gpu" }, { device: "cpu" }, "c.json: device: expected one of cpu, webgpu, cuda"],
  ])("refuses what is wrong in a file also where a flag wins over it: %o under %o", (values, flags, expected) => {
    expect(message(flags, { path: "c.json", values })).toContain(expected);
  });

  it("judges every key of a file by itself: what a flag changes may make it possible", () => {
    const file = { path: "c.json", values: { warmupEpochs: 10, epochs: 5 } };
    expect(message({}, file)).toContain("c.json: warmupEpochs: expected a warm-up within the 5 epochs");
    expect(message({ epochs: 20 }, file)).toBe("accepted");
    for (const key of runKeys)
      expect(message({ [key]: undefined, seed: 1 }, { path: "c.json", values: { [key]: {} } })).toContain(
        `c.json: ${key}: expected `,
      );
  });

  it("takes other settings behind a model from a file, whose size comes before the preset's", () => {
    const model = { imageSize: 96 };
    const config = resolveConfig({ flags: { backbone: "m.onnx" }, model });
    expect(config).toMatchObject({ preset: "pretrained", optimizer: "adamw", steps: 500, imageSize: 96, views: 16 });
    const deeper = resolveConfig({ flags: { backbone: "m.onnx", trainable: "all" } });
    expect(deeper).toMatchObject({
      preset: "finetune",
      optimizer: "adamw",
      layerDecay: 0.75,
      headRate: 10,
      clipNorm: 3,
    });
    expect(resolveConfig({ flags: { backbone: "m.onnx", imageSize: 128 }, model }).imageSize).toBe(128);
    const given = resolveConfig({ flags: { backbone: "m.onnx", preset: "cpu-small", epochs: 3 } });
    expect(given).toMatchObject({ preset: "cpu-small", optimizer: "sgd", epochs: 3 });
    // What a run recorded reads back as itself.
    expect(resolveConfig({ file: { path: "c.json", values: JSON.parse(JSON.stringify(config)) } })).toEqual(config);
  });

  it("takes a warm-up as a share, unless one in epochs is given over it", () => {
    const backbone = "m.onnx";
    const inShares = resolveConfig({ flags: { backbone } });
    expect([inShares.warmupShare, inShares.warmupEpochs]).toEqual([0.1, undefined]);
    const inEpochs = resolveConfig({ flags: { backbone, warmupEpochs: 1 } });
    expect([inEpochs.warmupShare, inEpochs.warmupEpochs]).toEqual([undefined, 1]);
  });

  it("takes own keys that are left out or positives, not both, by the flag or the file that says so last", () => {
    const file = { path: "run.json", values: { maskOwnKeys: true } };
    expect(resolveConfig({ file, flags: { maskOwnKeys: false, positiveOwnKeys: true } }).positiveOwnKeys).toBe(true);
    expect(() => resolveConfig({ file, flags: { positiveOwnKeys: true } })).toThrow(
      /^--positive-own-keys: expected own earlier keys that .*, found maskOwnKeys, too; leave one of the two out$/,
    );
    const both = { path: "run.json", values: { maskOwnKeys: true, positiveOwnKeys: true } };
    expect(() => resolveConfig({ file: both })).toThrow(/^run\.json: positiveOwnKeys: /);
  });

  it("has a JSON Schema of every key", () => {
    expect(Object.keys((runJsonSchema() as { properties: object }).properties)).toEqual(runKeys);
  });
});

it("leaves what a model does not say to the preset", () => {
  expect(resolveConfig({ flags: { preset: "cifar100" }, model: { imageSize: undefined } }).imageSize).toBe(32);
  expect(resolveConfig({ flags: { preset: "cifar100" }, model: { imageSize: 64 } }).imageSize).toBe(64);
});
