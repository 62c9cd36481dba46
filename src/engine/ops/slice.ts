import { fail } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

export const slice: OpDefinition<"slice"> = {
  infer([x], { axis, start, end }) {
    const length = x!.shape[axis] ?? 0;
    if (start < 0 || end > length || start >= end) {
      fail("shape", { where: "slice", expected: `a non-empty range within 0..${length}`, found: `${start}..${end}` });
    }
    return [{ dtype: x!.dtype, shape: x!.shape.map((n, i) => (i === axis ? end - start : n)) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { axis, start, end } }) {
    if (end - start === x!.shape[axis]) return emit.definePlain(y!, emit.plain(x!));
    emit.definePlain(y!, emit.node("Slice", [emit.plain(x!), emit.ints([start]), emit.ints([end]), emit.ints([axis])]));
  },
  gradient(graph, { inputs: [x], attributes: { axis, start, end } }, [dy]) {
    return [graph.op("pad", [dy!], { axis, before: start, after: x!.shape[axis]! - end })];
  },
};
