import { fail } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { expectFloats } from "./window.ts";

/** Softmax over the last axis: dx = y (dy - sum dy y). */
export const softmax: OpDefinition<"softmax"> = {
  infer([x]) {
    expectFloats("softmax", [x!]);
    if (x!.shape.length === 0) fail("shape", { where: "softmax", expected: "at least one axis", found: "a scalar" });
    return [{ dtype: "float32", shape: x!.shape }];
  },
  lower(emit, { inputs: [x], outputs: [y] }) {
    emit.definePlain(y!, emit.node("Softmax", [emit.plain(x!)], { axis: -1 }));
  },
  gradient(graph, { outputs: [y] }, [dy]) {
    const axes = [y!.shape.length - 1];
    const total = graph.op("reduceSum", [graph.op("mul", [dy!, y!])], { axes, keepDims: true });
    return [graph.op("mul", [y!, graph.op("sub", [dy!, total])])];
  },
};
