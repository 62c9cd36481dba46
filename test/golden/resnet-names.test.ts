import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { float32, int32, type Shape, sizeOf, type TensorData } from "../../src/core/index.ts";
import { declareBackbone, torchvisionWeights } from "../../src/nn/index.ts";

/** Shapes under the parts of their names; a number is a batch normalisation of so many channels. */
type Names = { readonly [part: string]: Names | Shape | number };

const { versions: _, ...models } = JSON.parse(
  readFileSync(new URL("resnet-names.json", import.meta.url), "utf8"),
) as Record<string, Names>;

/** Tensors of other values each. */
function tensorsOf(names: Names): Map<string, TensorData> {
  const tensors = new Map<string, TensorData>();
  const add = (name: string, shape: Shape) =>
    tensors.set(name, float32(shape, new Float32Array(sizeOf(shape)).fill(tensors.size + 1)));
  const visit = (found: Names, prefix: string): void => {
    for (const [part, inner] of Object.entries(found)) {
      const name = `${prefix}${part}`;
      if (typeof inner === "number") {
        for (const leaf of ["weight", "bias", "running_mean", "running_var"]) add(`${name}.${leaf}`, [inner]);
        tensors.set(`${name}.num_batches_tracked`, int32([], [7]));
      } else if (Array.isArray(inner)) add(name, inner);
      else visit(inner as Names, `${name}.`);
    }
  };
  visit(names, "");
  return tensors;
}

function expectedShapes(backbone: "resnet18" | "resnet50", imageSize: number): Record<string, Shape> {
  const { parameters, buffers } = declareBackbone(backbone, imageSize);
  return Object.fromEntries([...parameters, ...buffers].map(({ name, shape }) => [name, shape]));
}

describe.each(Object.entries(models))("the names of %s", (title, names) => {
  const backbone = title.endsWith("18") ? "resnet18" : "resnet50";
  const tensors = tensorsOf(names);
  const file = Object.fromEntries(tensors);

  it("give all weights of the backbone, each once, and leave out its classifier alone", () => {
    const expected = expectedShapes(backbone, 224);
    const matched = torchvisionWeights(file, expected);
    expect(matched).toMatchObject({ newStem: false, prefix: title.startsWith("timm") ? "" : "resnet." });
    expect(Object.keys(matched.tensors).sort()).toEqual(Object.keys(expected).sort());
    const taken = new Set(Object.values(matched.tensors).map(({ data }) => data[0]));
    expect(taken.size).toBe(Object.keys(expected).length);
    const classifier = /^(fc|classifier\.1)\.(weight|bias)$/;
    expect(matched.ignored.filter((name) => !name.endsWith("num_batches_tracked"))).toEqual([
      expect.stringMatching(classifier),
      expect.stringMatching(classifier),
    ]);
  });

  it("keep their order: a block's weights are those of the same place", () => {
    // Both libraries list the tensors in the order of their use, but for shortcuts.
    const matched = Object.entries(torchvisionWeights(file, expectedShapes(backbone, 224)).tensors);
    const kept = (name: string) => !name.includes("downsample");
    const inOrder = matched.filter(([name]) => kept(name)).sort(([, a], [, b]) => a.data[0]! - b.data[0]!);
    const order = ["conv", "bn"];
    const placeOf = (name: string): number[] => {
      const [, layer = 0, block = 0, kind = "", index = 0] =
        /(?:layer(\d)\.(\d)\.)?(conv|bn)(\d)/.exec(name)?.map((part) => part ?? 0) ?? [];
      return [Number(layer), Number(block), Number(index), order.indexOf(String(kind))];
    };
    const places = inOrder.map(([name]) => placeOf(name));
    const sorted = [...places].sort((a, b) => a.map((x, i) => x - b[i]!).find((x) => x !== 0) ?? 0);
    expect(places).toEqual(sorted);
  });

  it("give a backbone for small images all but the stem", () => {
    const expected = expectedShapes(backbone, 32);
    const matched = torchvisionWeights(file, expected);
    expect(matched.newStem).toBe(true);
    expect(Object.keys(matched.tensors)).toHaveLength(Object.keys(expected).length - 1);
  });

  it("are refused where one of them is another", () => {
    const { [[...tensors.keys()].find((name) => name.endsWith("running_mean"))!]: lost, ...rest } = file;
    expect(() => torchvisionWeights({ ...rest, "x.running_mean": lost! }, expectedShapes(backbone, 224))).toThrow(
      /missing bn1\.running_mean/,
    );
  });
});
