import { readFile } from "node:fs/promises";
import { onnx } from "onnx-proto";
import * as wasm from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Exported, exportForTest } from "./exported.ts";

describe.each([
  ["resnet20", 33],
  ["resnet18", 65],
] as const)("an exported %s of %i px", (backbone, imageSize) => {
  let exported: Exported;
  beforeAll(async () => {
    exported = await exportForTest(backbone, imageSize);
  });
  afterAll(() => exported?.remove());

  test("gives the same features in ONNX Runtime's Wasm build, with any batch size", async () => {
    const { images, features } = exported;
    const session = await wasm.InferenceSession.create(await readFile(exported.file), {
      executionProviders: ["wasm"],
    });
    const largest = features.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    for (const batch of [1, 3]) {
      const part = images.subarray(0, (images.length / 3) * batch);
      const input = new wasm.Tensor("float32", part, [batch, 3, imageSize, imageSize]);
      const found = (await session.run({ images: input })).features!;
      expect(found.dims).toEqual([batch, features.length / 3]);
      const differences = (found.data as Float32Array).map((x, i) => Math.abs(x - features[i]!));
      expect(Math.max(...differences)).toBeLessThanOrEqual(1e-4 * largest);
    }
    await session.release();
  });

  test("is read by the official message definitions, in topological order", async () => {
    const { graph, docString, opsetImport, irVersion } = onnx.ModelProto.decode(await readFile(exported.file));
    expect(Number(irVersion)).toBe(7);
    expect(opsetImport.map(({ domain, version }) => [domain, Number(version)])).toEqual([["", 14]]);
    expect(docString).toContain(`Image encoder (${backbone})`);
    const known = new Set([...graph!.input!, ...graph!.initializer!].map(({ name }) => name));
    for (const { input, output } of graph!.node!) {
      expect(input!.filter((name) => !known.has(name))).toEqual([]);
      for (const name of output!) known.add(name);
    }
    expect(graph!.output!.map(({ name }) => known.has(name))).toEqual([true]);
  });
});
