import { fail, showShape } from "../../core/index.ts";
import type { Graph, Node, Reduction, ShapeRule, Value } from "../graph/index.ts";
import { blockedChannelMean, blockedImageMean } from "./channel-statistics.ts";
import type { Emitter } from "./definition.ts";

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

/** Means, times `factor`, of a blocked image over H and W or over N, H and W; other reductions have no blocked form. */
export function reduceInBlocks(
  emit: Emitter,
  { inputs: [x], outputs: [y], attributes: { axes } }: Node<"reduceSum" | "reduceMean">,
  factor: number,
): string | undefined {
  if (!emit.isBlocked(x!)) return "the input is not blocked";
  const over = axes.join();
  if (over !== "2,3" && over !== "0,2,3") return "the axes are not those of images";
  const meanOf = over === "2,3" ? blockedImageMean : blockedChannelMean;
  const means = meanOf(emit, emit.blocked(x!), x!.shape);
  const scaled = factor === 1 ? means : emit.node("Mul", [means, emit.floats([], [factor])]);
  emit.definePlain(y!, emit.node("Reshape", [scaled, emit.ints(y!.shape)]));
  return undefined;
}
