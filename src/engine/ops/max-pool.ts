import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";
import { windowCount } from "./window.ts";

/** [N, C, H, W] -> [N, C, H', W'], square window. */
export const maxPool: OpDefinition<"maxPool"> = {
  infer([x], { kernel, stride, pad }) {
    const [n, c, h, w] = x!.shape;
    if (x!.shape.length !== 4 || pad >= kernel) {
      fail("shape", {
        where: "maxPool",
        expected: "[N, C, H, W] and a pad below the kernel",
        found: showShape(x!.shape),
      });
    }
    const out = (size: number) => windowCount(size, { kernel, stride, pad });
    return [{ dtype: "float32", shape: [n!, c!, out(h!), out(w!)] }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes: { kernel, stride, pad } }) {
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    emit.definePlain(y!, emit.node("MaxPool", [emit.plain(x!)], attributes));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y], attributes: { kernel, stride, pad } }) {
    if (!emit.isBlocked(x!)) return "the input is not blocked";
    const attributes = { kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    emit.defineBlocked(y!, emit.node("com.microsoft.nchwc:MaxPool", [emit.blocked(x!)], attributes));
    return undefined;
  },
  gradient: (graph, { inputs: [x], outputs: [y], attributes }, [dy]) => [
    graph.op("maxPoolGradient", [dy!, x!, y!], attributes),
  ],
};
