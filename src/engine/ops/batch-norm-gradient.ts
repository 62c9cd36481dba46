import { sizeOf } from "../../core/index.ts";
import { blockedChannelMean, blockedProductMean, depthwise, standardDeviation } from "./channel-statistics.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/**
 * Inputs: g (gradient of the normalised output) and x [N, C, H, W], gamma, mean, variance [C]. Outputs: dx, dgamma, dbeta.
 * With M = N H W: dbeta = sum g, dgamma = sum g (x - mean) / sd, dx = gamma / sd (g - dbeta / M - (x - mean) / sd dgamma / M).
 */
export const batchNormGradient: OpDefinition<"batchNormGradient"> = {
  infer([g, x, gamma, mean, variance]) {
    expectFloats("batchNormGradient", [g!, x!, gamma!, mean!, variance!]);
    expectShape("batchNormGradient", x!, g!.shape);
    for (const vector of [gamma!, mean!, variance!]) expectShape("batchNormGradient", vector, g!.shape.slice(1, 2));
    return [g!, gamma!, gamma!].map(({ shape }) => ({ dtype: "float32", shape }));
  },

  lower(emit, { inputs: [gv, xv, gamma, mean, variance], outputs: [dx, dgamma, dbeta], attributes }) {
    const [g, x] = [emit.plain(gv!), emit.plain(xv!)];
    const channels = gv!.shape[1]!;
    const perChannel = (name: string) => emit.node("Reshape", [name, emit.ints([channels, 1, 1])]);
    const total = (name: string) => {
      const perImage = emit.node("ReduceSum", [name, emit.ints([2, 3])], { keepdims: 0 });
      return emit.node("ReduceSum", [perImage, emit.ints([0])], { keepdims: 0 });
    };
    const sd = standardDeviation(emit, emit.plain(variance!), attributes.epsilon);
    const centred = emit.node("Sub", [x, perChannel(emit.plain(mean!))]);
    const normalised = emit.node("Div", [centred, perChannel(sd)]);
    const dbetaName = total(g);
    const dgammaName = total(emit.node("Mul", [g, normalised]));
    const share = emit.floats([], [channels / sizeOf(gv!.shape)]);
    const inner = emit.node("Sub", [
      emit.node("Sub", [g, perChannel(emit.node("Mul", [dbetaName, share]))]),
      emit.node("Mul", [normalised, perChannel(emit.node("Mul", [dgammaName, share]))]),
    ]);
    emit.definePlain(dx!, emit.node("Mul", [inner, perChannel(emit.node("Div", [emit.plain(gamma!), sd]))]));
    emit.definePlain(dgamma!, dgammaName);
    emit.definePlain(dbeta!, dbetaName);
  },

  lowerBlocked(emit, { inputs: [gv, xv, gamma, mean, variance], outputs: [dx, dgamma, dbeta], attributes }) {
    const shape = gv!.shape;
    if (shape[1]! % emit.block !== 0) return "channels are no multiple of the block";
    const { mul, sub, div, neg } = arithmetic(emit);
    const [g, x, m] = [emit.blocked(gv!), emit.blocked(xv!), emit.plain(mean!)];
    const sd = standardDeviation(emit, emit.plain(variance!), attributes.epsilon);
    const meanG = blockedChannelMean(emit, g, shape);
    const meanGx = blockedProductMean(emit, g, x, shape);
    const meanGNormalised = div(sub(meanGx, mul(m, meanG)), sd);
    const count = emit.floats([], [sizeOf(shape) / shape[1]!]);
    emit.definePlain(dbeta!, mul(meanG, count));
    emit.definePlain(dgamma!, mul(meanGNormalised, count));
    // dx = a g + b x + c, every coefficient one number a channel.
    const a = div(emit.plain(gamma!), sd);
    const b = neg(div(mul(a, meanGNormalised), sd));
    const c = neg(emit.node("Add", [mul(a, meanG), mul(b, m)]));
    const first = depthwise(emit, g, a, { shift: c, shape });
    emit.defineBlocked(dx!, depthwise(emit, x, b, { sum: first, shape }));
    return undefined;
  },
};

function arithmetic(emit: Emitter) {
  return {
    mul: (a: string, b: string) => emit.node("Mul", [a, b]),
    sub: (a: string, b: string) => emit.node("Sub", [a, b]),
    div: (a: string, b: string) => emit.node("Div", [a, b]),
    neg: (a: string) => emit.node("Neg", [a]),
  };
}
