import { fail, showShape } from "../../core/index.ts";
import { blockedChannelMean, blockedProductMean, depthwise, standardDeviation } from "./channel-statistics.ts";
import type { OpDefinition } from "./definition.ts";
import { throughRelu } from "./relu-gradient.ts";

/**
 * Batch normalisation with batch statistics, fused with what follows it: y = relu?(gamma (x - mean) / sd + beta + residual).
 * Inputs: x [N, C, H, W], gamma [C], beta [C], residual? [N, C, H, W]. Outputs: y, mean [C], biased variance [C];
 * the statistics are data (for the running averages): no gradient flows through them but y's own.
 */
export const batchNorm: OpDefinition<"batchNorm"> = {
  infer([x, gamma, beta, residual]) {
    const channels = x!.shape[1] ?? 0;
    const vectors = [gamma!, beta!].every((v) => v.shape.length === 1 && v.shape[0] === channels);
    if (x!.shape.length !== 4 || !vectors || (residual && showShape(residual.shape) !== showShape(x!.shape))) {
      const found = [x!, gamma!, beta!, ...(residual ? [residual] : [])].map((v) => showShape(v.shape)).join(", ");
      fail("shape", { where: "batchNorm", expected: "[N, C, H, W], [C], [C] and the first again", found });
    }
    return [
      { dtype: "float32", shape: x!.shape },
      { dtype: "float32", shape: [channels] },
      { dtype: "float32", shape: [channels] },
    ];
  },

  lower(emit, { inputs: [xv, gamma, beta, residual], outputs: [yv, mean, variance], attributes }) {
    const channels = xv!.shape[1]!;
    const x = emit.plain(xv!);
    const perChannel = (name: string) => emit.node("Reshape", [name, emit.ints([channels, 1, 1])]);
    // Two reductions, innermost axes first: the only kind that is fast on every provider.
    const average = (name: string) =>
      emit.node("ReduceMean", [emit.node("ReduceMean", [name], { axes: [2, 3], keepdims: 0 })], {
        axes: [0],
        keepdims: 0,
      });
    const meanName = average(x);
    const centred = emit.node("Sub", [x, perChannel(meanName)]);
    const varianceName = average(emit.node("Mul", [centred, centred]));
    const scale = emit.node("Div", [emit.plain(gamma!), standardDeviation(emit, varianceName, attributes.epsilon)]);
    let y = emit.node("Mul", [centred, perChannel(scale)]);
    y = emit.node("Add", [y, perChannel(emit.plain(beta!))]);
    if (residual) y = emit.node("Add", [y, emit.plain(residual)]);
    emit.definePlain(yv!, attributes.relu ? emit.node("Relu", [y]) : y);
    emit.definePlain(mean!, meanName);
    emit.definePlain(variance!, varianceName);
  },

  lowerBlocked(emit, { inputs: [x, gamma, beta, residual], outputs: [y, mean, variance], attributes }) {
    if (x!.shape[1]! % emit.block !== 0) return "channels are no multiple of the block";
    const input = emit.blocked(x!);
    const meanName = blockedChannelMean(emit, input, x!.shape);
    const meanOfSquares = blockedProductMean(emit, input, input, x!.shape);
    // Rounding can leave a constant channel's variance a hair below zero.
    const varianceName = emit.node("Relu", [emit.node("Sub", [meanOfSquares, emit.node("Mul", [meanName, meanName])])]);
    const scale = emit.node("Div", [emit.plain(gamma!), standardDeviation(emit, varianceName, attributes.epsilon)]);
    const shift = emit.node("Sub", [emit.plain(beta!), emit.node("Mul", [meanName, scale])]);
    const sum = residual ? emit.blocked(residual) : undefined;
    emit.defineBlocked(y!, depthwise(emit, input, scale, { shift, sum, relu: attributes.relu, shape: x!.shape }));
    emit.definePlain(mean!, meanName);
    emit.definePlain(variance!, varianceName);
    return undefined;
  },

  gradient(graph, { inputs, outputs: [y, mean, variance], attributes }, [dy]) {
    const [x, gamma, , residual] = inputs;
    if (!dy) return inputs.map(() => undefined);
    const g = attributes.relu ? throughRelu(graph, dy, y!) : dy;
    const gradients = graph.multi("batchNormGradient", [g, x!, gamma!, mean!, variance!], {
      epsilon: attributes.epsilon,
    });
    return residual ? [...gradients, g] : gradients;
  },
};
