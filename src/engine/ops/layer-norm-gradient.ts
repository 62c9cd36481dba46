import type { OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/**
 * Inputs: dy and x [..., D], gamma [D], mean and 1 / sd [..., 1]. Outputs: dx, dgamma, dbeta. With n = (x - mean) / sd and
 * g = gamma dy: dx = (g - mean g - n mean(g n)) / sd, dgamma = sum dy n, dbeta = sum dy.
 */
export const layerNormGradient: OpDefinition<"layerNormGradient"> = {
  infer([dy, x, gamma, mean, inverse]) {
    expectFloats("layerNormGradient", [dy!, x!, gamma!, mean!, inverse!]);
    expectShape("layerNormGradient", x!, dy!.shape);
    expectShape("layerNormGradient", gamma!, dy!.shape.slice(-1));
    for (const statistic of [mean!, inverse!]) {
      expectShape("layerNormGradient", statistic, [...dy!.shape.slice(0, -1), 1]);
    }
    return [dy!, gamma!, gamma!].map(({ shape }) => ({ dtype: "float32", shape }));
  },
  lower(emit, { inputs: [dy, x, gamma, mean, inverse], outputs: [dx, dgamma, dbeta] }) {
    const last = dy!.shape.length - 1;
    const leading = Array.from({ length: last }, (_, axis) => axis);
    const mul = (a: string, b: string) => emit.node("Mul", [a, b]);
    const sub = (a: string, b: string) => emit.node("Sub", [a, b]);
    const average = (name: string) => emit.node("ReduceMean", [name], { axes: [last], keepdims: 1 });
    const total = (name: string) =>
      last === 0 ? emit.node("Identity", [name]) : emit.node("ReduceSum", [name, emit.ints(leading)], { keepdims: 0 });
    const [gradient, inverseSd] = [emit.plain(dy!), emit.plain(inverse!)];
    const normalised = mul(sub(emit.plain(x!), emit.plain(mean!)), inverseSd);
    const g = mul(gradient, emit.plain(gamma!));
    const inner = sub(sub(g, average(g)), mul(normalised, average(mul(g, normalised))));
    emit.definePlain(dx!, mul(inner, inverseSd));
    emit.definePlain(dgamma!, total(mul(gradient, normalised)));
    emit.definePlain(dbeta!, total(gradient));
  },
};
