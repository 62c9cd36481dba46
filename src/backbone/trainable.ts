import { firstFew } from "../core/index.ts";
import { type OnnxFile, type OnnxFileNode, tensorsOf } from "../formats/onnx/index.ts";
import { USE_HEAD } from "./import/reading.ts";
import { rules } from "./import/rules/index.ts";

/**
 * Why weights of a foreign graph cannot be trained, a line each; empty where they can. Frozen, any graph serves.
 * @param nodes those that values pass (`valueNodes`)
 */
export function untrainable({ graph, functions }: OnnxFile, nodes: readonly OnnxFileNode[]): string[] {
  const narrow = new Set([...tensorsOf(graph)].map(({ type }) => type).filter((type) => narrowTypes.has(type)));
  // Whatever else is wrong with such a model follows from it.
  const quantizers = quantizersOf(narrow.size > 0 ? graph.nodes : nodes);
  if (quantizers.length > 0) return [`${QUANTIZED} (${firstFew(quantizers)})`];
  const reasons: string[] = [];
  if (narrow.size > 0) reasons.push(`its weights are ${[...narrow].join(", ")}, not float32`);
  if (functions.length > 0) reasons.push(`it defines operators of its own: ${firstFew(functions)}`);
  const foreign = new Set(nodes.filter(({ domain }) => domain !== "").map(({ op, domain }) => `${domain}.${op}`));
  if (foreign.size > 0) reasons.push(`it has operators outside the standard: ${firstFew([...foreign])}`);
  const others = new Set(nodes.filter((node) => node.domain === "" && !isImported(node)).map(({ op }) => op));
  if (others.size > 0) reasons.push(`it has operators without a gradient here: ${firstFew([...others])}`);
  return reasons;
}

const QUANTIZED = "a quantised model";

/** What to do with a model that cannot be trained for these reasons. */
export const adviceOn = (reasons: readonly string[]): string =>
  reasons.some((reason) => reason.startsWith(QUANTIZED)) ? `give its float32 export, or ${USE_HEAD}` : USE_HEAD;

/** Operators of ONNX and of ONNX Runtime that make quantised numbers, or compute with them. */
const quantizersOf = (nodes: readonly OnnxFileNode[]): string[] => [
  ...new Set(nodes.map(({ op }) => op).filter((op) => /[Qq]uantize|Integer|NBits|^Q[A-Z]/.test(op))),
];

/**
 * The cuts whose nodes behind them the importer writes: before a cut any operator serves.
 * @param nodes those that values pass (`valueNodes`)
 */
export function trainableCuts<T extends { readonly at: number }>(
  model: OnnxFile,
  nodes: readonly OnnxFileNode[],
  places: readonly T[],
): T[] {
  if (untrainable(model, []).length > 0) return [];
  const last = nodes.findLastIndex((node) => !isImported(node));
  return places.filter(({ at }) => at >= last);
}

/**
 * Whether a node is of an operator that the importer writes. A Cast to float32 changes nothing where all is float32. A cubic
 * Resize, which makes positions of a ViT for another size, is not written.
 */
export function isImported({ op, domain, attributes }: OnnxFileNode): boolean {
  const [to, mode] = [attributes.get("to"), attributes.get("mode")];
  const isCast = op === "Cast" && !(to !== undefined && "int" in to && to.int === FLOAT32);
  const isCubic = op === "Resize" && mode !== undefined && "string" in mode && mode.string === "cubic";
  return domain === "" && rules.has(op) && !isCast && !isCubic;
}

const FLOAT32 = 1n;

const narrowTypes = new Set([
  ...["float16", "bfloat16", "float64", "int8", "uint8", "int4", "uint4", "float4e2m1"],
  ...["float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz"],
]);
