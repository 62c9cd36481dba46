import { describe, expect, test } from "vitest";
import { declareBackbone, initialize, type TensorSpec } from "./index.ts";

const moments = (values: Float32Array) => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length) };
};

const spec = (initializer: TensorSpec["initializer"], name = "w"): TensorSpec => ({
  name,
  shape: [100, 200],
  initializer,
});

describe("fresh tensors", () => {
  test("follow their initializer", () => {
    const normal = moments(initialize(spec({ kind: "normal", deviation: 0.3 }), 1));
    expect(normal.mean).toBeCloseTo(0, 2);
    expect(normal.deviation).toBeCloseTo(0.3, 2);
    const uniform = initialize(spec({ kind: "uniform", bound: 0.5 }), 1);
    expect(moments(uniform).deviation).toBeCloseTo(0.5 / Math.sqrt(3), 2);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(0.5);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(-0.5);
    expect(new Set(initialize(spec({ kind: "constant", value: 1 }), 1))).toEqual(new Set([1]));
  });

  test("depend on seed and name alone", () => {
    const normal = { kind: "normal", deviation: 1 } as const;
    const values = initialize(spec(normal), 1);
    expect(initialize(spec(normal), 1)).toEqual(values);
    expect(initialize(spec(normal), 2)).not.toEqual(values);
    expect(initialize(spec(normal, "v"), 1)).not.toEqual(values);
  });

  test("are torchvision's: Kaiming by fan out, normalisations as identity, running statistics 0 and 1", () => {
    const { parameters, buffers } = declareBackbone("resnet18", 32);
    const of = (name: string) => [...parameters, ...buffers].find((s) => s.name === name)!.initializer;
    expect(of("layer2.0.conv1.weight")).toEqual({ kind: "normal", deviation: Math.sqrt(2 / (128 * 9)) });
    expect([of("bn1.weight"), of("bn1.bias")]).toEqual([1, 0].map((value) => ({ kind: "constant", value })));
    expect([of("bn1.running_mean"), of("bn1.running_var")]).toEqual(
      [0, 1].map((value) => ({ kind: "constant", value })),
    );
  });
});
