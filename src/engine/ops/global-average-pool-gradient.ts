import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/** [N, C] -> [N, C, H, W]: every position gets its share. */
export const globalAveragePoolGradient: OpDefinition<"globalAveragePoolGradient"> = {
  infer([dy], { shape }) {
    expectFloats("globalAveragePoolGradient", [dy!]);
    if (shape.length !== 4) {
      fail("shape", { where: "globalAveragePoolGradient", expected: "[N, C, H, W]", found: showShape(shape) });
    }
    expectShape("globalAveragePoolGradient", dy!, shape.slice(0, 2));
    return [{ dtype: "float32", shape }];
  },
  lower(emit, { inputs: [dy], outputs: [dx], attributes: { shape } }) {
    const [n, c, h, w] = shape as [number, number, number, number];
    const share = emit.node("Mul", [emit.plain(dy!), emit.floats([], [1 / (h * w)])]);
    const column = emit.node("Reshape", [share, emit.ints([n, c, 1, 1])]);
    emit.definePlain(dx!, emit.node("Expand", [column, emit.ints([n, c, h, w])]));
  },
  lowerBlocked(emit, { inputs: [dy], outputs: [dx], attributes: { shape } }) {
    const [n, c, h, w] = shape as [number, number, number, number];
    const b = emit.block;
    if (c % b !== 0) return "channels are no multiple of the block";
    const share = emit.node("Mul", [emit.plain(dy!), emit.floats([], [1 / (h * w)])]);
    const rows = emit.node("Reshape", [share, emit.ints([(n * c) / b, 1, b])]);
    const spread = emit.node("Expand", [rows, emit.ints([(n * c) / b, h * w, b])]);
    emit.defineBlocked(dx!, emit.node("Reshape", [spread, emit.ints(shape)]));
    return undefined;
  },
};
