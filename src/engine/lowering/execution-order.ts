import { groupBy } from "../../core/index.ts";
import type { OnnxNode } from "../onnx/index.ts";

/**
 * A lowered model with its nodes last first, for ONNX Runtime without graph optimisation alone: no other tool reads such
 * a file. ONNX Runtime does not run nodes in file order. It walks backwards from the last output, visiting the most
 * recently produced input first. Written backwards, a model runs in the order in which its nodes were emitted, provided
 * that a view of a tensor stands where the tensor is made, not where it is read.
 */
export function inExecutionOrder<Model extends { readonly nodes: readonly OnnxNode[] }>(model: Model): Model {
  const { nodes } = model;
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const isView = ({ op, inputs }: OnnxNode) => op === "Reshape" && made.has(inputs[0]!);
  const views = groupBy(nodes.filter(isView), ({ inputs }) => inputs[0]!);
  const withViews = (node: OnnxNode): OnnxNode[] => [
    node,
    ...node.outputs.flatMap((output) => (views.get(output) ?? []).flatMap(withViews)),
  ];
  const ordered = nodes.filter((node) => !isView(node)).flatMap(withViews);
  return { ...model, nodes: ordered.reverse() };
}
