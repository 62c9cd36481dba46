import type { Graph, Value } from "../engine/index.ts";
import type { ContrastiveInputs, Scalar, SoftLabel } from "./method.ts";

/** Low enough to vanish in every exponential, finite so that no difference of two of them is NaN. */
export const excluded = -1e30;
/** A label no sample has; an empty row of the queue is -1. */
const nobody = -2;

/**
 * Targets [N, K + 1], own key first: t = w u + (1 - w) [1, 0 ..], u = [1, z] / (1 + sum z),
 * z_j = exp((s_j - max s) / T) over the queue entries of the sample's coarse class and 0 elsewhere, s_j = k . m_j.
 * T = Infinity makes z the mask itself. A sample with no such entry has u = own key only.
 * Source: MaskCon's official code, `maskcon`/`grafit` in its loss (formula sheet in docs/method.md).
 */
export function softLabels(inputs: ContrastiveInputs, { softWeight, softTemperature }: SoftLabel<Scalar>): Value {
  const { graph, labels, queueLabels, own: left } = inputs;
  const [n, size] = [labels.shape[0]!, queueLabels.shape[0]!];
  const column = (x: Value) => graph.op("reshape", [x], { shape: [n, 1] });
  const row = graph.op("reshape", [queueLabels], { shape: [1, size] });
  const entries = left ? graph.op("select", [left, graph.scalar(nobody), row]) : row;
  const same = graph.op("equal", [column(labels), entries]);
  const z =
    softTemperature === Number.POSITIVE_INFINITY
      ? graph.op("cast", [same], { to: "float32" })
      : similarityWeights(inputs, same, softTemperature);
  const sum = graph.op("reduceSum", [z], { axes: [1], keepDims: true });
  const w = scalarValue(graph, softWeight);
  const share = graph.op("div", [w, graph.op("add", [sum, graph.scalar(1)])]);
  const rest = typeof softWeight === "number" ? graph.scalar(1 - softWeight) : graph.op("sub", [graph.scalar(1), w]);
  const own = graph.op("add", [share, rest]);
  return graph.op("concat", [own, graph.op("mul", [z, share])], { axis: 1 });
}

function similarityWeights({ graph, k, queue }: ContrastiveInputs, same: Value, temperature: Scalar): Value {
  const similarities = graph.op("matmul", [k, queue], { transposeA: false, transposeB: true });
  const masked = graph.op("select", [same, similarities, graph.scalar(excluded)]);
  const nearest = graph.op("reduceMax", [masked], { axes: [1], keepDims: true });
  const scaled = graph.op("div", [graph.op("sub", [similarities, nearest]), scalarValue(graph, temperature)]);
  return graph.op("exp", [graph.op("select", [same, scaled, graph.scalar(excluded)])]);
}

const scalarValue = (graph: Graph, scalar: Scalar): Value =>
  typeof scalar === "number" ? graph.scalar(scalar) : scalar;
