import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff/index.ts";
import { type Convolution, Graph, squareConvolution } from "../graph/index.ts";
import { ops } from "../ops/index.ts";
import { lower } from "./index.ts";

interface Sizes {
  readonly c: number;
  readonly o: number;
  readonly n?: number;
  readonly size?: number;
  readonly kernel?: readonly [number, number];
}

/** A convolution of a blocked tensor with both its gradients. */
function trained(attributes: Convolution, { c, o, n = 2, size = 8, kernel = [3, 3] }: Sizes) {
  const graph = new Graph(ops);
  const x = graph.input("x", "float32", [n, c, size, size]);
  const w = graph.input("w", "float32", [o, c / attributes.groups, ...kernel]);
  const y = graph.scoped("layer", () => graph.op("conv2d", [x, w], attributes));
  const loss = graph.op("reduceSum", [y], { axes: [0, 1, 2, 3], keepDims: false });
  const [dx, dw] = gradients(graph, loss, [x, w]);
  for (const [name, value] of Object.entries({ y, dx: dx!, dw: dw! })) graph.output(name, value);
  return graph;
}

const convolutionsOf = (graph: Graph, block: number) =>
  lower(graph, { block }).model.nodes.filter(({ op }) => op === "Conv");

describe("channels in groups", () => {
  test.each([
    [16, { c: 16, o: 16 }, 16],
    [8, { c: 24, o: 24 }, 24],
    [16, { c: 64, o: 32 }, 2],
    [8, { c: 32, o: 32 }, 4],
  ])("in blocks of %i: %o, groups %i", (block, sizes, groups) => {
    const graph = trained(squareConvolution({ pad: 1, groups }), sizes);
    expect(lower(graph, { block }).refusals.filter((line) => line.includes("conv2d"))).toEqual([]);
    expect(new Set(convolutionsOf(graph, block).map(({ domain }) => domain))).toEqual(new Set(["com.microsoft.nchwc"]));
  });

  // The blocked kernels compute garbage of these without a word.
  test.each([
    [16, { c: 24, o: 24 }, 24, "output channels are no multiple of the block"],
    [16, { c: 32, o: 32 }, 4, "the channels of a group are no multiple of the block"],
    [16, { c: 32, o: 16 }, 2, "the channels of a group are no multiple of the block"],
    [16, { c: 16, o: 32 }, 16, "the channels of a group are no multiple of the block"],
    [8, { c: 4, o: 16 }, 4, "the channels of a group are no multiple of the block"],
  ])("not in blocks of %i: %o, groups %i", (block, sizes, groups, reason) => {
    const graph = trained(squareConvolution({ pad: 1, groups }), sizes);
    const refusals = lower(graph, { block }).refusals.filter((line) => line.includes("conv2d"));
    expect(refusals).toHaveLength(3);
    expect(refusals[0]).toBe(`layer/conv2d: ${reason}`);
    expect(convolutionsOf(graph, block).every(({ domain }) => domain === "")).toBe(true);
  });
});

test.each([0, 16])("the weight gradient of a depthwise convolution is one convolution (blocks of %i)", (block) => {
  const attributes = { ...squareConvolution({ stride: 2, groups: 32 }), pads: [0, 0, 1, 1] } as const;
  const graph = trained(attributes, { c: 32, o: 32 });
  const weight = convolutionsOf(graph, block).filter(({ name }) => name.includes("conv2dWeightGradient"));
  expect(weight.map(({ attributes: { group, dilations } }) => [group, dilations])).toEqual([
    [{ int: 2 * 32 }, { ints: [2, 2] }],
  ]);
});

test("a kernel that steps over its own length has a weight gradient of one product", () => {
  const graph = trained(squareConvolution({ stride: 4 }), { c: 3, o: 16, kernel: [4, 4] });
  for (const block of [0, 16]) {
    const products = lower(graph, { block }).model.nodes.filter(({ op }) => op.endsWith("MatMul"));
    expect(products).toHaveLength(1);
  }
});

describe("plans", () => {
  test.each([
    [squareConvolution({ pad: 1 }), [3, 3], "dW 16->16 k3 s1 8x8 n2"],
    [{ ...squareConvolution({ stride: 2 }), pads: [0, 0, 1, 1] }, [3, 3], "dW 16->16 k3 s2 8x8 n2 p0,0,1,1"],
    [{ ...squareConvolution(), strides: [1, 2] }, [1, 7], "dW 16->16 k1x7 s1x2 8x8 n2"],
    [{ ...squareConvolution({ pad: 2 }), dilations: [2, 2] }, [3, 3], "dW 16->16 k3 s1 8x8 n2 d2"],
  ] as [Convolution, [number, number], string][])("name the geometry of %o", (attributes, kernel, name) => {
    const graph = trained(attributes, { c: 16, o: 16, kernel });
    const names = [...lower(graph, { block: 16 }).choices.keys()];
    expect(names.filter((found) => found.startsWith("dW"))).toEqual([name]);
  });

  test("take tiles where there are many channels, of 3x3 kernels over images of even sides", () => {
    const takenFor = (channels: number, size: number, more: Partial<Convolution> = {}) => {
      const graph = trained(
        { ...squareConvolution({ pad: 1 }), ...more },
        { c: channels, o: channels, size, kernel: [3, 3] },
      );
      const choices = [...lower(graph, { block: 16 }).choices];
      return choices.filter(([name]) => !name.startsWith("dW")).map(([, { taken }]) => taken);
    };
    expect(takenFor(256, 8)).toEqual(["winograd", "winograd"]);
    expect(takenFor(16, 8)).toEqual(["direct", "direct"]);
    expect(takenFor(256, 7)).toEqual([]);
    expect(takenFor(256, 8, { strides: [2, 2] })).toEqual([]);
    expect(takenFor(256, 8, { groups: 2 })).toEqual([]);
  });

  test("offer rows of whole blocks for a 1x1 kernel where an image's own rows are none", () => {
    const variants = (size: number) => {
      const graph = trained(squareConvolution(), { c: 16, o: 16, size, n: 4, kernel: [1, 1] });
      return [...lower(graph, { block: 16 }).choices.values()][0]!.variants;
    };
    expect(variants(20)).toEqual(["flat4", "rows1", "slices"]);
    expect(variants(16).some((name) => name.startsWith("flat"))).toBe(false);
    expect(variants(8).some((name) => name.startsWith("flat"))).toBe(false);
    expect(variants(10).some((name) => name.startsWith("flat"))).toBe(false);
  });
});
