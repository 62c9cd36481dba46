import { fail, showShape } from "../../core/index.ts";
import type { Value } from "../graph/index.ts";
import { standardDeviation } from "./channel-statistics.ts";
import type { Emitter, OpDefinition } from "./definition.ts";
import { expectFloats, expectShape } from "./window.ts";

/**
 * Layer normalisation over the last axis: y = gamma (x - mean) / sd + beta. Inputs: x [..., D], gamma [D], beta [D]. Outputs:
 * y, mean [..., 1] and 1 / sd [..., 1]; no gradient flows through the statistics but y's own.
 */
export const layerNorm: OpDefinition<"layerNorm"> = {
  infer([x, gamma, beta]) {
    expectFloats("layerNorm", [x!, gamma!, beta!]);
    if (x!.shape.length === 0) fail("shape", { where: "layerNorm", expected: "[..., D]", found: showShape(x!.shape) });
    for (const vector of [gamma!, beta!]) expectShape("layerNorm", vector, x!.shape.slice(-1));
    const statistic = [...x!.shape.slice(0, -1), 1];
    return [x!.shape, statistic, statistic].map((shape) => ({ dtype: "float32", shape }));
  },

  // Composed: the operator is of opset 17, later than exports use.
  lower(emit, { inputs: [x, gamma, beta], outputs: [y, mean, inverse], attributes: { epsilon } }) {
    const { axes, meanName, centred } = centre(emit, x!);
    const variance = emit.node("ReduceMean", [emit.node("Mul", [centred, centred])], { axes, keepdims: 1 });
    const inverseName = emit.node("Reciprocal", [standardDeviation(emit, variance, epsilon)]);
    const scaled = emit.node("Mul", [emit.node("Mul", [centred, inverseName]), emit.plain(gamma!)]);
    emit.definePlain(y!, emit.node("Add", [scaled, emit.plain(beta!)]));
    emit.definePlain(mean!, meanName);
    emit.definePlain(inverse!, inverseName);
  },

  // The kernel takes the variance as the mean of squares less the squared mean, which is exact enough only about zero.
  lowerBlocked(emit, { inputs: [x, gamma, beta], outputs: [y, mean, inverse], attributes: { epsilon } }) {
    const { meanName, centred } = centre(emit, x!);
    const inputs = [centred, emit.plain(gamma!), emit.plain(beta!)];
    const outputs = emit.nodes("LayerNormalization", inputs, { axis: -1, epsilon: { float: epsilon } }, 3);
    emit.definePlain(y!, outputs[0]!);
    emit.definePlain(mean!, meanName);
    emit.definePlain(inverse!, outputs[2]!);
    return undefined;
  },

  gradient(graph, { inputs: [x, gamma, beta], outputs: [, mean, inverse] }, [dy]) {
    if (!dy) return [x, gamma, beta].map(() => undefined);
    return graph.multi("layerNormGradient", [dy, x!, gamma!, mean!, inverse!]);
  },
};

function centre(emit: Emitter, x: Value) {
  const axes = [x.shape.length - 1];
  const meanName = emit.node("ReduceMean", [emit.plain(x)], { axes, keepdims: 1 });
  return { axes, meanName, centred: emit.node("Sub", [emit.plain(x), meanName]) };
}
