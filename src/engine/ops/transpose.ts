import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { reorder } from "./reorder.ts";

export const transpose: OpDefinition<"transpose"> = {
  infer([x], { perm }) {
    if (perm.length !== x!.shape.length || [...perm].sort((a, b) => a - b).some((axis, i) => axis !== i)) {
      fail("shape", {
        where: "transpose",
        expected: `a permutation of ${x!.shape.length} axes`,
        found: showShape(perm),
      });
    }
    return [{ dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]!) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { perm } }) {
    emit.definePlain(y!, emit.node("Transpose", [emit.plain(x!)], { perm }));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y], attributes: { perm } }) {
    emit.definePlain(y!, reorder(emit, emit.plain(x!), x!.shape, perm));
    return undefined;
  },
  gradient: (graph, { attributes: { perm } }, [dy]) => [
    graph.op("transpose", [dy!], { perm: perm.map((_, i) => perm.indexOf(i)) }),
  ],
};
