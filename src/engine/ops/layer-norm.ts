import { fail, showShape } from "../../core/index.ts";
import { standardDeviation } from "./channel-statistics.ts";
import type { OpDefinition } from "./definition.ts";
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
    const axes = [x!.shape.length - 1];
    const meanName = emit.node("ReduceMean", [emit.plain(x!)], { axes, keepdims: 1 });
    const centred = emit.node("Sub", [emit.plain(x!), meanName]);
    const variance = emit.node("ReduceMean", [emit.node("Mul", [centred, centred])], { axes, keepdims: 1 });
    const inverseName = emit.node("Reciprocal", [standardDeviation(emit, variance, epsilon)]);
    const scaled = emit.node("Mul", [emit.node("Mul", [centred, inverseName]), emit.plain(gamma!)]);
    emit.definePlain(y!, emit.node("Add", [scaled, emit.plain(beta!)]));
    emit.definePlain(mean!, meanName);
    emit.definePlain(inverse!, inverseName);
  },

  // The kernel subtracts the mean before it squares, as the case of rows far from zero shows.
  lowerBlocked(emit, { inputs, outputs, attributes: { epsilon } }) {
    const attributes = { axis: -1, epsilon: { float: epsilon } };
    const names = emit.nodes("LayerNormalization", inputs.map(emit.plain), attributes, 3);
    for (const [i, name] of names.entries()) emit.definePlain(outputs[i]!, name);
    return undefined;
  },

  gradient(graph, { inputs: [x, gamma, beta], outputs: [, mean, inverse] }, [dy]) {
    if (!dy) return [x, gamma, beta].map(() => undefined);
    return graph.multi("layerNormGradient", [dy, x!, gamma!, mean!, inverse!]);
  },
};
