import { fail, showShape } from "../../core/index.ts";
import type { Graph, Reduction, ShapeRule, Value } from "../graph/index.ts";

/** The shape rule of the reductions: axes ascending, each within the rank. */
export const inferReduction: ShapeRule<"reduceSum" | "reduceMean" | "reduceMax"> = ([x], { axes, keepDims }) => {
  const rank = x!.shape.length;
  if (axes.length === 0 || axes.some((axis, i) => axis < 0 || axis >= rank || (i > 0 && axis <= axes[i - 1]!))) {
    fail("shape", { where: "reduction", expected: `ascending axes below ${rank}`, found: showShape(axes) });
  }
  const shape = keepDims
    ? x!.shape.map((n, i) => (axes.includes(i) ? 1 : n))
    : x!.shape.filter((_, i) => !axes.includes(i));
  return [{ dtype: x!.dtype, shape }];
};

/** Puts the reduced axes back with length 1, so that the gradient broadcasts over the input. */
export function keepReduced(graph: Graph, reduced: Value, input: Value, { axes, keepDims }: Reduction): Value {
  if (keepDims) return reduced;
  return graph.op("reshape", [reduced], { shape: input.shape.map((n, i) => (axes.includes(i) ? 1 : n)) });
}
