import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MaskconError } from "../../core/index.ts";
import { checkStructure } from "./check-structure.ts";
import type { OnnxModel, OnnxNode } from "./model.ts";
import { readModel } from "./read.ts";
import { writeModel } from "./write.ts";

const node = (name: string, inputs: readonly string[], outputs: readonly string[], op = "Add"): OnnxNode => ({
  op,
  domain: "",
  name,
  inputs,
  outputs,
  attributes: {},
});

/** x + w, its double, and the sum of both. */
const nodes = [
  node("sum", ["x", "w"], ["a"]),
  node("twice", ["a", "a"], ["b"]),
  node("clip", ["b", "", "w"], ["c"], "Clip"),
  node("all", ["a", "c"], ["y"]),
];
const model: OnnxModel = {
  nodes,
  initializers: [{ name: "w", dtype: "float32", shape: [], bytes: new Uint8Array(4) }],
  inputs: [{ name: "x", dtype: "float32", shape: ["batch"] }],
  outputs: [{ name: "y", dtype: "float32", shape: ["batch"] }],
  opsets: { "": 13 },
  values: [{ name: "a", dtype: "float32", shape: ["batch"] }],
};

const problem = (broken: OnnxModel): string => {
  try {
    checkStructure(broken);
    return "none";
  } catch (error) {
    expect(error).toBeInstanceOf(MaskconError);
    expect((error as MaskconError).code).toBe("engine");
    return (error as MaskconError).message;
  }
};

test("a model in topological order passes, also as its file is read", () => {
  expect(problem(model)).toBe("none");
  expect(problem(readModel(writeModel(model)))).toBe("none");
});

test("of all orders of its nodes exactly one passes", () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(nodes, { minLength: nodes.length }), (shuffled) => {
      const isSorted = shuffled.every((one, i) => one === nodes[i]);
      expect(problem({ ...model, nodes: shuffled }) === "none").toBe(isSorted);
    }),
  );
});

describe("a model is refused where", () => {
  const [sum, twice, clip, all] = nodes as [OnnxNode, OnnxNode, OnnxNode, OnnxNode];
  const cases: [string, Partial<OnnxModel>, string][] = [
    [
      "nodes stand last first",
      { nodes: [...nodes].reverse() },
      'node "all": expected inputs made before it, found "a", which the later node "sum" makes',
    ],
    [
      "two nodes feed each other",
      { nodes: [node("sum", ["x", "c"], ["a"]), twice, clip, all] },
      'node "sum": expected inputs made before it, found "c", which the later node "clip" makes',
    ],
    [
      "a node feeds itself",
      { nodes: [node("sum", ["x", "a"], ["a"]), twice, clip, all] },
      'node "sum": expected inputs made before it, found "a", which the later node "sum" makes',
    ],
    [
      "an input is missing",
      { inputs: [] },
      'node "sum": expected inputs made before it, found "x", which nothing makes',
    ],
    [
      "two nodes make one tensor",
      { nodes: [...nodes, node("again", ["a", "c"], ["y"])] },
      'node "again": expected tensor names given once, found a second "y"',
    ],
    [
      "an initializer has an input's name",
      { inputs: [...model.inputs, { name: "w", dtype: "float32", shape: [] }] },
      'initializers: expected tensor names given once, found a second "w"',
    ],
    [
      "two nodes have one name",
      { nodes: [sum, { ...twice, name: "sum" }, clip, all] },
      'node "sum": expected node names given once, found a second one',
    ],
    [
      "no node makes an output",
      { nodes: [sum, twice, clip] },
      'outputs and values: expected tensors that a node makes, found "y", which none makes',
    ],
    [
      "no node makes a value it describes",
      { values: [{ name: "z", dtype: "float32", shape: [] }] },
      'outputs and values: expected tensors that a node makes, found "z", which none makes',
    ],
    [
      "a domain has no operator set",
      { nodes: [{ ...sum, domain: "com.microsoft" }, twice, clip, all] },
      'node "sum": expected an operator set for its domain, found com.microsoft',
    ],
  ];

  test.each(cases)("%s", (_, change, message) => {
    expect(problem({ ...model, ...change })).toBe(`ONNX model, ${message}`);
  });
});
