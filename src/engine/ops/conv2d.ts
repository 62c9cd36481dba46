import { convAttributes, plainConvolution } from "./conv-attributes.ts";
import { unfitForBlocks } from "./conv-problem.ts";
import { blockedWeight } from "./conv-weights.ts";
import { takesWinograd, winograd, winogradKernels } from "./conv-winograd.ts";
import type { OpDefinition } from "./definition.ts";
import { convolvedShape, expectFloats } from "./window.ts";

/** x [N, C, H, W], w [O, C / groups, KH, KW] -> [N, O, H', W']. */
export const conv2d: OpDefinition<"conv2d"> = {
  infer([x, w], convolution) {
    expectFloats("conv2d", [x!, w!]);
    return [{ dtype: "float32", shape: convolvedShape("conv2d", x!.shape, w!.shape, convolution) }];
  },

  lower(emit, { inputs: [x, w], outputs: [y], attributes }) {
    const [, , kh, kw] = w!.shape as [number, number, number, number];
    const convolution = { kernel: [kh, kw], ...attributes } as const;
    emit.definePlain(y!, plainConvolution(emit, emit.plain(x!), emit.plain(w!), convolution));
  },

  lowerBlocked(emit, { inputs: [x, w], outputs: [y], attributes }) {
    const [o, c, kh, kw] = w!.shape as [number, number, number, number];
    const { groups } = attributes;
    const refusal = unfitForBlocks(emit.block, { c: c * groups, o, groups });
    if (refusal !== undefined) return refusal;
    const kernel = [kh, kw] as const;
    const [n, , h, width] = x!.shape as [number, number, number, number];
    const problem = { n, c, o, h, w: width };
    if (takesWinograd(emit, "conv", problem, { kernel, ...attributes })) {
      emit.defineBlocked(y!, winograd(emit, problem, emit.blocked(x!), winogradKernels(emit, w!, { flip: false })));
      return undefined;
    }
    const taps = Array.from({ length: kh * kw }, (_, i) => i);
    const weight = blockedWeight(emit, w!, { taps, kernel, flip: false, groups });
    const input = c * groups < emit.block ? emit.plain(x!) : emit.blocked(x!);
    const convolution = convAttributes({ kernel, ...attributes });
    emit.defineBlocked(y!, emit.node("com.microsoft.nchwc:Conv", [input, weight], convolution));
    return undefined;
  },

  gradient(graph, { inputs: [x, w], attributes }, [dy], [xWanted, wWanted]) {
    const dw = wWanted && graph.op("conv2dWeightGradient", [x!, dy!], { shape: w!.shape, ...attributes });
    const dx = xWanted && graph.op("conv2dInputGradient", [dy!, w!], { shape: x!.shape, ...attributes });
    return [dx || undefined, dw || undefined];
  },
};
