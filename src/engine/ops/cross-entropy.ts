import { fail, sameShape, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

/**
 * Inputs: logits and targets, both [N, M]; a row of targets is a distribution. Outputs: the loss of every row [N],
 * - sum_j t_j log softmax(l)_j, and the softmax [N, M]. Targets are data: no gradient flows to them.
 */
export const crossEntropy: OpDefinition<"crossEntropy"> = {
  infer([logits, targets]) {
    if (logits!.shape.length !== 2 || !sameShape(logits!.shape, targets!.shape)) {
      const found = `${showShape(logits!.shape)} and ${showShape(targets!.shape)}`;
      fail("shape", { where: "crossEntropy", expected: "logits and targets of one shape [N, M]", found });
    }
    return [
      { dtype: "float32", shape: [logits!.shape[0]!] },
      { dtype: "float32", shape: logits!.shape },
    ];
  },
  lower(emit, { inputs: [logits, targets], outputs: [loss, probabilities] }) {
    const l = emit.plain(logits!);
    const t = emit.plain(targets!);
    const rows = emit.ints([1]);
    const shifted = emit.node("Sub", [l, emit.node("ReduceMax", [l], { axes: [1], keepdims: 1 })]);
    const sums = emit.node("ReduceSum", [emit.node("Exp", [shifted]), rows], { keepdims: 1 });
    const logProbabilities = emit.node("Sub", [shifted, emit.node("Log", [sums])]);
    const weighted = emit.node("ReduceSum", [emit.node("Mul", [t, logProbabilities]), rows], { keepdims: 0 });
    emit.definePlain(loss!, emit.node("Neg", [weighted]));
    emit.definePlain(probabilities!, emit.node("Exp", [logProbabilities]));
  },
  gradient(graph, { inputs: [, targets], outputs: [, probabilities] }, [dloss, dprobabilities]) {
    if (dprobabilities) fail("engine", { expected: "a gradient of the loss only", found: "one of the softmax" });
    const mass = graph.op("reduceSum", [targets!], { axes: [1], keepDims: true });
    const difference = graph.op("sub", [graph.op("mul", [probabilities!, mass]), targets!]);
    const rows = graph.op("reshape", [dloss!], { shape: [dloss!.shape[0]!, 1] });
    return [graph.op("mul", [difference, rows]), undefined];
  },
};
