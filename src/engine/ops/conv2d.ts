import { blockedWeight } from "./conv-weights.ts";
import type { OpDefinition } from "./definition.ts";
import { convolvedShape, expectFloats } from "./window.ts";

/** x [N, C, H, W], w [O, C, K, K] -> [N, O, H', W']; square kernel, stride and pad. */
export const conv2d: OpDefinition<"conv2d"> = {
  infer([x, w], { stride, pad }) {
    expectFloats("conv2d", [x!, w!]);
    return [{ dtype: "float32", shape: convolvedShape("conv2d", x!.shape, w!.shape, { stride, pad }) }];
  },

  lower(emit, { inputs: [x, w], outputs: [y], attributes: { stride, pad } }) {
    const k = w!.shape[2]!;
    const attributes = { kernel_shape: [k, k], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    emit.definePlain(y!, emit.node("Conv", [emit.plain(x!), emit.plain(w!)], attributes));
  },

  lowerBlocked(emit, { inputs: [x, w], outputs: [y], attributes: { stride, pad } }) {
    const [o, c, k] = w!.shape as [number, number, number];
    // The blocked kernels have no guard of their own: other channel counts give garbage silently.
    if (o % emit.block !== 0) return "output channels are no multiple of the block";
    if (c >= emit.block && c % emit.block !== 0) return "input channels are no multiple of the block";
    const taps = Array.from({ length: k * k }, (_, i) => i);
    const weight = blockedWeight(emit, w!, { taps, kernel: [k, k], flip: false });
    const input = c < emit.block ? emit.plain(x!) : emit.blocked(x!);
    const attributes = { kernel_shape: [k, k], strides: [stride, stride], pads: [pad, pad, pad, pad] };
    emit.defineBlocked(y!, emit.node("com.microsoft.nchwc:Conv", [input, weight], attributes));
    return undefined;
  },

  gradient(graph, { inputs: [x, w], attributes: { stride, pad } }, [dy], [xWanted, wWanted]) {
    const dw = wWanted && graph.op("conv2dWeightGradient", [x!, dy!], { shape: w!.shape, stride, pad });
    const dx = xWanted && graph.op("conv2dInputGradient", [dy!, w!], { shape: x!.shape, stride, pad });
    return [dx || undefined, dw || undefined];
  },
};
