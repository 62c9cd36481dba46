import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

export const concat: OpDefinition<"concat"> = {
  infer(inputs, { axis }) {
    const [first] = inputs;
    const fits = inputs.every(
      (x) =>
        x.dtype === first!.dtype &&
        x.shape.length === first!.shape.length &&
        x.shape.every((n, i) => i === axis || n === first!.shape[i]),
    );
    if (!fits || axis < 0 || axis >= first!.shape.length) {
      const found = inputs.map((x) => showShape(x.shape)).join(", ");
      fail("shape", { where: "concat", expected: `shapes equal but for axis ${axis}`, found });
    }
    const total = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
    return [{ dtype: first!.dtype, shape: first!.shape.map((n, i) => (i === axis ? total : n)) }];
  },
  lower(emit, { inputs, outputs: [y], attributes: { axis } }) {
    emit.definePlain(y!, emit.node("Concat", inputs.map(emit.plain), { axis }));
  },
  gradient(graph, { inputs, attributes: { axis } }, [dy]) {
    let start = 0;
    return inputs.map((x) => {
      const end = start + x.shape[axis]!;
      const part = graph.op("slice", [dy!], { axis, start, end });
      start = end;
      return part;
    });
  },
};
