import { describe, expect, test } from "vitest";
import { MaskconError, sizeOf } from "../core/index.ts";
import { Graph, ops } from "../engine/index.ts";
import { type BackboneName, backboneNames, backboneOf, backbones, declare, declareBackbone } from "./index.ts";

/** Parameters of torchvision's ResNets without `fc` (at 224 px), and of He et al.'s CIFAR ResNets without theirs. */
const published: Record<BackboneName, number> = {
  resnet18: 11_176_512,
  resnet34: 21_284_672,
  resnet50: 23_508_032,
  resnet20: 269_072,
  resnet32: 463_504,
  resnet56: 852_368,
};

const widths: Record<BackboneName, number> = {
  resnet18: 512,
  resnet34: 512,
  resnet50: 2048,
  resnet20: 64,
  resnet32: 64,
  resnet56: 64,
};

describe.each(backboneNames)("%s", (name) => {
  const { parameters, buffers } = declareBackbone(name, 224);

  test("has as many parameters as published, and its width of features", () => {
    expect(parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0)).toBe(published[name]);
    expect(backbones[name].featureDim).toBe(widths[name]);
  });

  test("has running statistics for every normalisation, and no name twice", () => {
    const norms = parameters.filter(({ name, shape }) => shape.length === 1 && name.endsWith(".weight"));
    expect(buffers.map((b) => b.name)).toEqual(
      norms.flatMap((n) => ["running_mean", "running_var"].map((kind) => n.name.replace(/weight$/, kind))),
    );
    const names = [...parameters, ...buffers].map((spec) => spec.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

test.each(backboneNames)("%s gives features of its width, also for its smallest images", (name) => {
  const { featureDim, smallestImage } = backbones[name];
  for (const size of [smallestImage, 224]) {
    const graph = new Graph(ops);
    declare(graph, (store) => {
      const images = graph.input("images", "float32", [2, 3, size, size]);
      expect(backbones[name].build(store, images).shape).toEqual([2, featureDim]);
    });
  }
});

/** Shapes of the convolutions' outputs, by the parameter's name. */
function maps(name: BackboneName, size: number): Record<string, string> {
  const graph = new Graph(ops);
  declare(graph, (store) => void backboneOf(name).build(store, graph.input("images", "float32", [2, 3, size, size])));
  const convolutions = graph.nodes.filter(({ op }) => op === "conv2d" || op === "maxPool");
  return Object.fromEntries(convolutions.map(({ scope, outputs }) => [scope, outputs[0]!.shape.slice(1).join("x")]));
}

describe("torchvision's semantics", () => {
  test("large images: a 7x7 stride-2 stem and a max-pool", () => {
    const found = maps("resnet18", 224);
    expect(found).toMatchObject({ conv1: "64x112x112", maxpool: "64x56x56", "layer1.0.conv1": "64x56x56" });
    expect(found["layer4.1.conv2"]).toBe("512x7x7");
  });

  test("images of at most 64 px: a 3x3 stem and no pool", () => {
    const found = maps("resnet18", 64);
    expect(found).toMatchObject({ conv1: "64x64x64", "layer1.0.conv1": "64x64x64", "layer4.1.conv2": "512x8x8" });
    expect(found).not.toHaveProperty("maxpool");
    expect(declareBackbone("resnet18", 64).parameters[0]!.shape).toEqual([64, 3, 3, 3]);
    expect(maps("resnet18", 65)).toHaveProperty("maxpool");
  });

  test("odd sizes round up where a stride halves them", () => {
    expect(maps("resnet20", 33)).toMatchObject({ "layer2.0.conv1": "32x17x17", "layer3.0.conv1": "64x9x9" });
  });

  test("a bottleneck strides in its 3x3 convolution", () => {
    const found = maps("resnet50", 224);
    expect(found["layer2.0.conv1"]).toBe("128x56x56");
    expect(found["layer2.0.conv2"]).toBe("128x28x28");
    expect(found["layer2.0.downsample.0"]).toBe("512x28x28");
    // The first stage widens without a stride, and so has a shortcut of its own.
    expect(found["layer1.0.downsample.0"]).toBe("256x56x56");
  });

  test("names", () => {
    const names = declareBackbone("resnet18", 32).parameters.map((spec) => spec.name);
    expect(names.slice(0, 6)).toEqual([
      "conv1.weight",
      "bn1.weight",
      "bn1.bias",
      "layer1.0.conv1.weight",
      "layer1.0.bn1.weight",
      "layer1.0.bn1.bias",
    ]);
    expect(names.filter((name) => name.includes("downsample"))).toEqual(
      [2, 3, 4].flatMap((stage) =>
        ["0.weight", "1.weight", "1.bias"].map((end) => `layer${stage}.0.downsample.${end}`),
      ),
    );
  });
});

test("an unknown backbone is refused with the known ones", () => {
  expect(() => declareBackbone("vgg" as BackboneName, 32)).toThrow(/expected one of resnet18, .*, found "vgg"/);
  expect(() => declareBackbone("toString" as BackboneName, 32)).toThrow(MaskconError);
});
