import { fail, showShape, sizeOf } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

export const reshape: OpDefinition<"reshape"> = {
  infer([x], { shape }) {
    if (sizeOf(x!.shape) !== sizeOf(shape)) {
      fail("shape", { where: "reshape", expected: `${sizeOf(x!.shape)} elements`, found: showShape(shape) });
    }
    return [{ dtype: x!.dtype, shape }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { shape } }) {
    emit.definePlain(y!, emit.node("Reshape", [emit.plain(x!), emit.ints(shape)]));
  },
  gradient: (graph, { inputs: [x] }, [dy]) => [graph.op("reshape", [dy!], { shape: x!.shape })],
};
