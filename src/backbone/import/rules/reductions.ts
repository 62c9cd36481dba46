import { axesOf, type Rule, reshaped } from "../reading.ts";

const reduction =
  (op: "reduceMean" | "reduceSum"): Rule =>
  (node) => {
    const x = node.value(0);
    const given = axesOf(node, 1, x.shape.length);
    if (!given?.length && node.int("noop_with_empty_axes", 0) !== 0) return x;
    const axes = given?.length ? given : x.shape.map((_, i) => i);
    if (axes.length === 0) return x;
    return node.apply(op, [x], { axes, keepDims: node.int("keepdims", 1) !== 0 });
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
  GlobalAveragePool: globalAveragePool,
};
