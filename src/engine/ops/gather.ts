import { fail } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { scatterSum } from "./scatter-sum.ts";

/** The entries of an axis at constant indices, in their order. A run of neighbours is a slice. */
export const gather: OpDefinition<"gather"> = {
  infer([x], { axis, indices }) {
    const length = x!.shape[axis] ?? 0;
    const wrong = indices.find((index) => !Number.isInteger(index) || index < 0 || index >= length);
    if (wrong !== undefined || indices.length === 0) {
      const found = wrong === undefined ? "none" : `${wrong}`;
      fail("shape", { where: "gather", expected: `indices below ${length} along axis ${axis}`, found });
    }
    return [{ dtype: x!.dtype, shape: x!.shape.map((n, i) => (i === axis ? indices.length : n)) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { axis, indices } }) {
    const [start, end] = [indices[0]!, indices.at(-1)! + 1];
    const taken = isRun(indices)
      ? emit.node("Slice", [emit.plain(x!), emit.ints([start]), emit.ints([end]), emit.ints([axis])])
      : emit.node("Gather", [emit.plain(x!), emit.indices(indices)], { axis });
    emit.definePlain(y!, taken);
  },
  gradient(graph, { inputs: [x], attributes: { axis, indices } }, [dy]) {
    const length = x!.shape[axis]!;
    if (!isRun(indices)) return [scatterSum(graph, dy!, { axis, indices, length })];
    return [graph.op("pad", [dy!], { axis, before: indices[0]!, after: length - 1 - indices.at(-1)! })];
  },
};

const isRun = (indices: readonly number[]): boolean => indices.every((index, i) => index === indices[0]! + i);
