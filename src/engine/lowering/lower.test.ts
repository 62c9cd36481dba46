import { describe, expect, test } from "vitest";
import { gradients } from "../autodiff/index.ts";
import { Graph, squareConvolution } from "../graph/index.ts";
import { ops } from "../ops/index.ts";
import { lower } from "./index.ts";

function convolution(c: number, o: number, n = 4) {
  const graph = new Graph(ops);
  const [x, w] = [graph.input("x", "float32", [n, c, 8, 8]), graph.input("w", "float32", [o, c, 3, 3])];
  const y = graph.scoped("layer1", () => graph.op("conv2d", [x, w], squareConvolution({ pad: 1 })));
  graph.output("y", y);
  return { graph, x, w, y };
}

describe("the portable lowering", () => {
  test("writes standard operators only, of opset 17", () => {
    const { graph, x, y } = convolution(16, 16);
    graph.output(
      "dw",
      graph.op("conv2dWeightGradient", [x, y], { shape: [16, 16, 3, 3], ...squareConvolution({ pad: 1 }) }),
    );
    const { model, refusals } = lower(graph, { block: 0 });
    expect(model.opsets).toEqual({ "": 17 });
    expect(new Set(model.nodes.map(({ domain }) => domain))).toEqual(new Set([""]));
    expect(refusals).toEqual([]);
  });
});

describe("the blocked lowering", () => {
  test("takes what its kernels are made for", () => {
    const { model, refusals } = lower(convolution(16, 32).graph, { block: 16 });
    expect(refusals).toEqual([]);
    expect(model.nodes.filter(({ domain }) => domain === "com.microsoft.nchwc").map(({ op }) => op)).toContain("Conv");
  });

  test.each([
    [16, 20, "output channels"],
    [20, 16, "input channels"],
    [16, 8, "output channels"],
  ])("refuses %i to %i channels with the reason, and keeps the standard operator", (c, o, reason) => {
    const { model, refusals } = lower(convolution(c, o).graph, { block: 16 });
    expect(refusals).toEqual([`layer1/conv2d: ${reason} are no multiple of the block`]);
    expect(model.nodes.map(({ op, domain }) => domain + op)).toEqual(["Conv"]);
  });

  test("what is no multiple of 16 may be one of 8", () => {
    expect(lower(convolution(8, 24).graph, { block: 8 }).refusals).toEqual([]);
  });

  test("reorders a value once, however often it is read", () => {
    const { graph, y } = convolution(16, 16);
    const [a, b] = [graph.op("relu", [y]), graph.op("neg", [y])];
    graph.output("sum", graph.op("add", [a, b]));
    const { nodes } = lower(graph, { block: 16 }).model;
    const reorders = (op: string) => nodes.filter((node) => node.op === op);
    expect(reorders("ReorderInput").filter(({ inputs }) => inputs[0] === "x")).toHaveLength(1);
    // y and the sum: what is between them stays in blocks.
    expect(reorders("ReorderOutput")).toHaveLength(2);
  });

  test("takes the kernels the plan names, and the likeliest where it names none it knows", () => {
    const { graph, x, y } = convolution(16, 16);
    graph.output(
      "dw",
      graph.op("conv2dWeightGradient", [x, y], { shape: [16, 16, 3, 3], ...squareConvolution({ pad: 1 }) }),
    );
    const { choices } = lower(graph, { block: 16 });
    const [problem, { variants, taken }] = [...choices][0]!;
    expect(variants.length).toBeGreaterThan(1);
    for (const variant of variants) {
      expect(lower(graph, { block: 16, plan: { [problem]: variant } }).choices.get(problem)!.taken).toBe(variant);
    }
    expect(lower(graph, { block: 16, plan: { [problem]: "no such kernel" } }).choices.get(problem)!.taken).toBe(taken);
  });

  test("keeps activations, numbers a channel and their gradients in blocks", () => {
    const { graph, w, y } = convolution(16, 32);
    const gate = graph.input("gate", "float32", [4, 32, 1, 1]);
    const bias = graph.input("bias", "float32", [32, 1, 1]);
    const biased = graph.op("add", [y, bias]);
    const active = graph.op("mul", [biased, graph.op("sigmoid", [biased])]);
    const clipped = graph.op("clip", [graph.op("mul", [active, gate])], { min: 0, max: 6 });
    const pooled = graph.op("globalAveragePool", [graph.op("pow", [clipped], { exponent: 3 })]);
    const loss = graph.op("reduceSum", [pooled], { axes: [0, 1], keepDims: false });
    for (const [i, g] of gradients(graph, loss, [w, gate, bias]).entries()) graph.output(`g${i}`, g);
    const { nodes } = lower(graph, { block: 16 }).model;
    const reordered = nodes.filter(({ op }) => op === "ReorderOutput" || op === "ReorderInput").map(({ name }) => name);
    // The convolution and its gradients reorder their plain operands, and y is an output.
    expect(reordered.filter((name) => !name.includes("conv2d"))).toEqual(["output/ReorderOutput"]);
  });

  test("is the same file every time", () => {
    expect(lower(convolution(16, 32).graph, { block: 16 }).model).toEqual(
      lower(convolution(16, 32).graph, { block: 16 }).model,
    );
  });
});

describe("a bias behind a convolution", () => {
  const biased = (block: number, bias: readonly number[], read = false) => {
    const graph = new Graph(ops);
    const [x, w] = [graph.input("x", "float32", [4, 16, 8, 8]), graph.input("w", "float32", [16, 16, 3, 3])];
    const y = graph.op("conv2d", [x, w], squareConvolution({ pad: 1 }));
    if (read) graph.output("y", y);
    const b = graph.op("reshape", [graph.input("b", "float32", [bias.reduce((m, n) => m * n, 1)])], { shape: bias });
    graph.output("z", graph.op("relu", [graph.op("add", [b, y])]));
    return lower(graph, { block }).model.nodes;
  };

  test.each([0, 16])("is the convolution's own, in blocks of %i", (block) => {
    for (const shape of [
      [16, 1, 1],
      [1, 16, 1, 1],
    ]) {
      const nodes = biased(block, shape);
      expect(nodes.find(({ op }) => op === "Conv")!.inputs[2]).toBe("b");
      expect(nodes.filter(({ op }) => op === "Add")).toEqual([]);
    }
  });

  test.each([0, 16])(
    "stays an addition where others read the product or it is of another shape, in blocks of %i",
    (block) => {
      for (const nodes of [biased(block, [16, 1, 1], true), biased(block, [4, 16, 1, 1]), biased(block, [8, 8])]) {
        expect(nodes.find(({ op }) => op === "Conv")!.inputs).toHaveLength(2);
      }
    },
  );
});

describe("both", () => {
  test("leave out what no output needs", () => {
    const { graph, x } = convolution(3, 4);
    graph.op("exp", [x]);
    expect(lower(graph, { block: 0 }).model.nodes.map(({ op }) => op)).toEqual(["Conv"]);
  });

  test("give every output a node of its own: an input, one value twice, a value others read", () => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [2]);
    const y = graph.op("neg", [x]);
    graph.output("same", x);
    graph.output("once", y);
    graph.output("twice", y);
    graph.output("after", graph.op("exp", [y]));
    const { model } = lower(graph, { block: 0 });
    const made = model.nodes.flatMap(({ outputs }) => outputs);
    expect(model.nodes.filter(({ op }) => op === "Identity").map(({ outputs }) => outputs[0])).toEqual([
      "same",
      "twice",
    ]);
    expect(new Set(made).size).toBe(made.length);
    expect(made).toEqual(expect.arrayContaining(["same", "once", "twice", "after"]));
  });

  test("write equal constants once", () => {
    const graph = new Graph(ops);
    const x = graph.input("x", "float32", [6]);
    for (const [i, name] of ["a", "b"].entries()) {
      graph.output(name, graph.op("reshape", [i ? graph.op("neg", [x]) : x], { shape: [2, 3] }));
    }
    expect(lower(graph, { block: 0 }).model.initializers).toHaveLength(1);
  });
});
