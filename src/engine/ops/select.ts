import { fail } from "../../core/index.ts";
import { broadcastShapes, sumTo } from "./broadcast.ts";
import type { OpDefinition } from "./definition.ts";

/** condition ? a : b */
export const select: OpDefinition<"select"> = {
  infer([condition, a, b]) {
    if (condition!.dtype !== "bool" || a!.dtype !== b!.dtype) {
      const found = `${condition!.dtype}, ${a!.dtype}, ${b!.dtype}`;
      fail("shape", { where: "select", expected: "a bool condition and two inputs of one dtype", found });
    }
    const shape = broadcastShapes("select", condition!.shape, broadcastShapes("select", a!.shape, b!.shape));
    return [{ dtype: a!.dtype, shape }];
  },
  lower(emit, node) {
    emit.definePlain(node.outputs[0]!, emit.node("Where", node.inputs.map(emit.plain)));
  },
  gradient(graph, { inputs: [condition, a, b] }, [dy]) {
    const zero = graph.scalar(0);
    return [
      undefined,
      sumTo(graph, graph.op("select", [condition!, dy!, zero]), a!.shape),
      sumTo(graph, graph.op("select", [condition!, zero, dy!]), b!.shape),
    ];
  },
};
