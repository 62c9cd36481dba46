import { add, type Value } from "../../../engine/index.ts";
import { axesOf, type NodeReading, type Rule, reshaped } from "../reading.ts";

const reduction =
  (op: "reduceMean" | "reduceSum"): Rule =>
  (node) =>
    reduced(node, op, node.value(0)) ?? node.value(0);

/** Undefined where there are no axes to reduce. */
function reduced(node: NodeReading, op: "reduceMean" | "reduceSum", x: Value): Value | undefined {
  const given = axesOf(node, 1, x.shape.length);
  if (!given?.length && node.int("noop_with_empty_axes", 0) !== 0) return undefined;
  const axes = given?.length ? given : x.shape.map((_, i) => i);
  if (axes.length === 0) return undefined;
  return node.apply(op, [x], { axes, keepDims: node.int("keepdims", 1) !== 0 });
}

/** Keeps the root's slope finite: the gradient of a norm at zero is zero, as in PyTorch. */
const LEAST_SQUARE = 1e-30;

/** Norms, by which Swin v2 and other attention of cosines divides. */
const reduceL2: Rule = (node) => {
  const x = node.value(0);
  const squares = node.apply("mul", [x, x]);
  return node.apply("sqrt", [add(reduced(node, "reduceSum", squares) ?? squares, LEAST_SQUARE)]);
};

const globalAveragePool: Rule = (node) => {
  const x = node.value(0);
  if (x.shape.length !== 4) node.refuse("[N, C, H, W]", `${x.shape.length} dimensions`);
  const means = node.apply("globalAveragePool", [x]);
  return reshaped(node, means, [...means.shape, 1, 1]);
};

export const reductions: Readonly<Record<string, Rule>> = {
  ReduceMean: reduction("reduceMean"),
  ReduceSum: reduction("reduceSum"),
  ReduceL2: reduceL2,
  GlobalAveragePool: globalAveragePool,
};
