import { fail } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

/** Zeros before and after, along one axis. */
export const pad: OpDefinition<"pad"> = {
  infer([x], { axis, before, after }) {
    if (before < 0 || after < 0 || axis < 0 || axis >= x!.shape.length) {
      fail("shape", {
        where: "pad",
        expected: "an axis and two counts of zeros",
        found: `${axis}, ${before}, ${after}`,
      });
    }
    return [{ dtype: x!.dtype, shape: x!.shape.map((n, i) => (i === axis ? before + n + after : n)) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { axis, before, after } }) {
    const at = (count: number) => x!.shape.map((_, i) => (i === axis ? count : 0));
    emit.definePlain(y!, emit.node("Pad", [emit.plain(x!), emit.ints([...at(before), ...at(after)])]));
  },
  gradient(graph, { inputs: [x], attributes: { axis, before } }, [dy]) {
    return [graph.op("slice", [dy!], { axis, start: before, end: before + x!.shape[axis]! })];
  },
};
