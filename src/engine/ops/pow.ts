import { fail } from "../../core/index.ts";
import type { Graph, Value } from "../graph/index.ts";
import type { OpDefinition } from "./definition.ts";
import { pointwise } from "./pointwise.ts";

const rules = pointwise("pow", (emit, [x], { attributes: { exponent } }) => {
  if (exponent === 1) return emit.node("Identity", [x!]);
  if (exponent === 2) return emit.node("Mul", [x!, x!]);
  if (exponent === 0.5) return emit.node("Sqrt", [x!]);
  if (exponent === -1) return emit.node("Reciprocal", [x!]);
  return emit.node("Pow", [x!, emit.floats([], [exponent])]);
});

/** x to the power of a number. The gradient is p x^(p-1): finite at 0 for p >= 1; of negative numbers for whole p. */
export const pow: OpDefinition<"pow"> = {
  ...rules,
  infer(inputs, attributes) {
    const { exponent } = attributes;
    if (!Number.isFinite(exponent))
      fail("shape", { where: "pow", expected: "a finite exponent", found: `${exponent}` });
    return rules.infer(inputs, attributes);
  },
  gradient(graph, { inputs: [x], attributes: { exponent } }, [dy]) {
    if (exponent === 0) return [undefined];
    return [exponent === 1 ? dy! : graph.op("mul", [dy!, slope(graph, x!, exponent)])];
  },
};

const slope = (graph: Graph, x: Value, exponent: number): Value =>
  graph.op("mul", [exponent === 2 ? x : graph.op("pow", [x], { exponent: exponent - 1 }), graph.scalar(exponent)]);
