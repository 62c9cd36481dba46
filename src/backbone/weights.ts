import { fail, sizeOf } from "../core/index.ts";
import type { OnnxFileGraph, OnnxFileNode, OnnxFileTensor } from "../formats/onnx/index.ts";
import { isImported } from "./trainable.ts";

/** An initialiser that is multiplied, added or joined with values on their way. */
export interface WeightUse {
  readonly tensor: OnnxFileTensor;
  /** Whether it is the kernel or matrix of a product there, as it is or transposed. */
  readonly isMatrix: boolean;
}

/** Which initialisers of a graph its value nodes read, one way or another. */
export interface WeightUses {
  /** Those that a value node reads, through operators that have a gradient. */
  of(node: OnnxFileNode): readonly WeightUse[];
  /**
   * Those that also, or only, reach the way through an operator without a gradient, or that are measured, too,
   * with the last place where they do.
   */
  readonly frozen: ReadonlyMap<string, number>;
}

/** Inputs of an operator that are no weights: a BatchNormalization's mean and variance are measured, not learned. */
const noWeights: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Resize: [1, 2],
  Upsample: [1],
};
const products = new Set(["Conv", "Gemm", "MatMul"]);
/** A matrix stays one behind them. */
const shapeOnly = new Set(["Identity", "Transpose", "Reshape", "Cast", "Unsqueeze", "Squeeze"]);
/** A matrix or kernel that is standardised is the first of its inputs. */
const STANDARDISES = "BatchNormalization";

/** No number of what they read passes them. */
const shapeReaders = new Set(["Shape", "Size"]);
/** A model has a few nodes between a weight and its use. */
const MAX_STEPS = 2_000_000;

/**
 * Finds the initialisers behind each value node: exporters put an Identity before one that is used twice, transpose others,
 * spread the class token over the batch, and gather position biases.
 * @param nodes those that values pass (`valueNodes`)
 */
export function weightUses({ nodes: all, tensors }: OnnxFileGraph, nodes: readonly OnnxFileNode[]): WeightUses {
  const stored = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const makers = new Map(all.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const onTheWay = new Set(nodes);
  const frozen = new Map<string, number>();
  const statistics = new Map<string, number>();
  const found = new Map<OnnxFileNode, WeightUse[]>();
  let steps = 0;
  for (const [at, node] of nodes.entries()) {
    const uses = new Map<string, WeightUse>();
    const how = { isFrozen: !isImported(node), isStatistic: false };
    const walk: Step[] = inputsOf(node, how, () => products.has(node.op));
    const seen = new Set<string>();
    // An explicit stack: files may hold circles.
    while (walk.length > 0) {
      const step = walk.pop()!;
      const key = `${step.isFrozen} ${step.isMatrix} ${step.isStatistic} ${step.name}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (++steps > MAX_STEPS) {
        fail("weights", { expected: `weights that at most ${MAX_STEPS} steps find`, found: "more" });
      }
      const tensor = stored.get(step.name);
      if (tensor && isWeight(tensor)) {
        if (step.isStatistic) statistics.set(tensor.name, at);
        else if (step.isFrozen) frozen.set(tensor.name, at);
        else uses.set(tensor.name, { tensor, isMatrix: step.isMatrix || (uses.get(tensor.name)?.isMatrix ?? false) });
      }
      const maker = makers.get(step.name);
      if (!maker || onTheWay.has(maker) || shapeReaders.has(maker.op)) continue;
      const isFrozen = step.isFrozen || !isImported(maker);
      const isMatrix = (i: number) =>
        step.isMatrix && (shapeOnly.has(maker.op) || (maker.op === STANDARDISES && i === 0));
      // What is computed of weights measures them, and is no measure of images.
      const isStatistic = step.isStatistic && shapeOnly.has(maker.op);
      walk.push(...inputsOf(maker, { isFrozen, isStatistic }, isMatrix));
    }
    found.set(node, [...uses.values()]);
  }
  // Exporters keep equal tensors once: a variance of ones may be a scale, too.
  const learned = new Set([...found.values()].flat().map(({ tensor }) => tensor.name));
  for (const [name, at] of statistics) if (learned.has(name)) frozen.set(name, at);
  return { of: (node) => (found.get(node) ?? []).filter(({ tensor }) => !frozen.has(tensor.name)), frozen };
}

interface Step {
  readonly name: string;
  readonly isMatrix: boolean;
  readonly isFrozen: boolean;
  readonly isStatistic: boolean;
}

/** The last first: they go onto a stack. */
function inputsOf(
  { op, inputs, attributes }: OnnxFileNode,
  how: Pick<Step, "isFrozen" | "isStatistic">,
  isMatrix: (input: number) => boolean,
): Step[] {
  const steps = inputs.map((name, i) => {
    return {
      ...how,
      name,
      isMatrix: isMatrix(i),
      isStatistic: how.isStatistic || (noWeights[op]?.includes(i) ?? false),
    };
  });
  // In training mode it measures what it is given; PyTorch's exporter computes the others from the same weights.
  const training = op === STANDARDISES ? attributes.get("training_mode") : undefined;
  const isMeasured = training !== undefined && "int" in training && training.int !== 0n;
  const read = isMeasured ? steps.slice(0, 3) : steps;
  return read.filter(({ name }) => name !== "").reverse();
}

/** Numbers that stand alone are part of a formula. */
const isWeight = ({ type, shape }: OnnxFileTensor): boolean => type === "float32" && sizeOf(shape) > 1;
