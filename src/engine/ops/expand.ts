import { fail, sameShape, showShape } from "../../core/index.ts";
import { broadcastShapes, sumTo } from "./broadcast.ts";
import type { OpDefinition } from "./definition.ts";

export const expand: OpDefinition<"expand"> = {
  infer([x], { shape }) {
    if (!sameShape(broadcastShapes("expand", x!.shape, shape), shape)) {
      fail("shape", {
        where: "expand",
        expected: `a shape that broadcasts to ${showShape(shape)}`,
        found: showShape(x!.shape),
      });
    }
    return [{ dtype: x!.dtype, shape }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { shape } }) {
    emit.definePlain(y!, emit.node("Expand", [emit.plain(x!), emit.ints(shape)]));
  },
  gradient: (graph, { inputs: [x] }, [dy]) => [sumTo(graph, dy!, x!.shape)],
};
