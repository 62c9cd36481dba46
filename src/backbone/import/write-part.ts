import { fail, MaskconError, type Shape } from "../../core/index.ts";
import type { Graph, Value } from "../../engine/index.ts";
import type { Numbers } from "../../formats/onnx/index.ts";
import type { FoldedConstant } from "./fold.ts";
import type { BatchGraph } from "./pair-folds.ts";
import { type NodeReading, nodeReading, type Rule, USE_HEAD } from "./reading.ts";
import { rules } from "./rules/index.ts";

/** Where the imported part takes its weights from. */
export interface PartWeights {
  readonly graph: Graph;
  parameter(name: string, shape: Shape): Value;
}

export interface PartGraph extends BatchGraph {
  readonly file: string;
  /** Names of the values that it starts and ends with. */
  readonly input: string;
  readonly output: string;
  readonly parameters: ReadonlyMap<string, Shape>;
  /** Weights that are not trained although they are the graph's inputs. */
  readonly frozen: ReadonlyMap<string, { readonly shape: Shape; readonly numbers: Numbers }>;
}

/**
 * Writes a folded graph with ops of the engine.
 * @param input [N, ...], as the file's graph has it
 * @throws MaskconError "weights" where an operator, or what it is given, has no gradient here
 */
export function writePart(part: PartGraph, weights: PartWeights, input: Value): Value {
  const { file, opset } = part;
  const { graph } = weights;
  const n = input.shape[0]!;
  const values = new Map<string, Value>([[part.input, input]]);
  const constant = (name: string): FoldedConstant | undefined => part.constant(name, n);
  const value = (name: string): Value | undefined => {
    const known = values.get(name);
    if (known) return known;
    const made = madeOf(part, weights, name, constant(name));
    if (made) values.set(name, made);
    return made;
  };
  const ofImages = new Set([part.input]);
  const isOfImages = (name: string): boolean => ofImages.has(name);
  for (const node of part.nodes) {
    if (node.inputs.some(isOfImages)) for (const name of node.outputs) ofImages.add(name);
    const rule = node.domain === "" ? rules.get(node.op) : undefined;
    if (!rule) {
      const found = node.domain === "" ? node.op : `${node.domain}.${node.op}`;
      return fail("weights", { where: file, expected: "operators with a gradient here", found, fix: USE_HEAD });
    }
    const made = ruled(rule, nodeReading({ file, node, graph, opset, value, constant, isOfImages }));
    const outputs = "id" in made ? [made] : made;
    node.outputs.forEach((name, i) => {
      const output = outputs[i];
      if (output && name !== "") values.set(name, output);
    });
  }
  return value(part.output) ?? fail("weights", { where: file, expected: "an output that a node makes", found: "none" });
}

/** What an op of the engine does not take, the file's node does not fit. */
function ruled(rule: Rule, node: NodeReading): ReturnType<Rule> {
  try {
    return rule(node);
  } catch (error) {
    if (!(error instanceof MaskconError) || error.code === "weights") throw error;
    return node.refuse(error.failure.expected, error.failure.found);
  }
}

/** A parameter, or a constant of float32. */
function madeOf(part: PartGraph, weights: PartWeights, name: string, constant: FoldedConstant | undefined) {
  const shape = part.parameters.get(name);
  if (shape) return weights.parameter(name, shape);
  const known = part.frozen.get(name) ?? (constant?.type === "float32" ? constant : undefined);
  if (!known) return undefined;
  return weights.graph.constant({ dtype: "float32", shape: known.shape, data: Float32Array.from(known.numbers) });
}
