import { fail, firstFew } from "../core/index.ts";
import type { OnnxFile, OnnxFileGraph, OnnxFileNode, OnnxFileValue } from "../formats/onnx/index.ts";
import { isUsualName } from "./feature-output.ts";
import { valueText } from "./image-input.ts";

/** Operators that choose boxes, or cut them out of a map. */
const boxOperator = /NonMaxSuppression|NMS|RoiAlign|MaxRoiPool|RoIPool|YoloBox|PriorBox|DetectionOutput/;
const boxName = /boxes|bbox|detection|keypoints/i;
const maskName = /masks/i;

/**
 * Refuses a model that finds objects, by its operators and its outputs, whatever their names are. Lists of boxes can be
 * pooled like features, and nothing else would show that they are none.
 * @throws MaskconError "weights" where it is one
 */
export function refuseDetector(file: string, { graph, functions }: Pick<OnnxFile, "graph" | "functions">): void {
  const { outputs } = graph;
  const operator = functions.find((name) => boxOperator.test(name)) ?? boxOperatorIn(graph.nodes);
  const masks = outputs.some(({ name }) => maskName.test(name));
  const boxes = outputs.some(({ name }) => boxName.test(name)) || hasBoxes(graph);
  if (operator === undefined && !masks && !boxes) return;
  const what = masks && !boxes ? "a segmentation model" : "a detector";
  const by = operator === undefined ? "" : `the operator ${operator.slice(0, 100)} and `;
  const found = `${by}the outputs ${firstFew(outputs.map(valueText), { most: 6 })}`;
  const usual = outputs.find(({ name }) => isUsualName(name))?.name;
  refuseTask(file, { what, found, ...(usual !== undefined && { features: usual }) });
}

interface OtherTask {
  /** What the model looks like. */
  readonly what: string;
  /** What makes it look so. */
  readonly found: string;
  /** An output that is features. */
  readonly features?: string;
}

/** @throws MaskconError "weights" where it is called */
export function refuseTask(file: string, { what, found, features }: OtherTask): never {
  const name = features ?? "NAME, where one of its outputs is features";
  return fail("weights", {
    where: file,
    expected: "a model whose output describes the whole image",
    found: `what looks like ${what}: ${found}`,
    fix: `give the backbone before it, exported alone, or --feature-output ${name}`,
  });
}

function boxOperatorIn(nodes: readonly OnnxFileNode[]): string | undefined {
  for (const { op, attributes } of nodes) {
    if (boxOperator.test(op)) return op;
    for (const attribute of attributes.values()) {
      const within = "graph" in attribute ? boxOperatorIn(attribute.graph.nodes) : undefined;
      if (within !== undefined) return within;
    }
  }
  return undefined;
}

/**
 * Whether boxes, [B, n, 4] or [n, 4], or 5 with a score, stand beside classes or scores of as many. Where n is the number of
 * images they are none: four scores for each image are a classifier's.
 */
function hasBoxes({ inputs, outputs }: OnnxFileGraph): boolean {
  const batches = new Set<number | string | undefined>(inputs.map(({ shape }) => shape?.[0]));
  return outputs.some((output) => {
    const [count, numbers] = (output.shape ?? []).slice(-2);
    const rank = output.shape?.length;
    if ((rank !== 2 && rank !== 3) || (numbers !== 4 && numbers !== 5)) return false;
    if (count === "" || count === 1 || batches.has(count)) return false;
    // [n, C] beside [n, 4] may be features beside class scores.
    const isBeside = (shape: OnnxFileValue["shape"] = []) =>
      shape[rank - 2] === count && (rank === 2 ? shape.length === 1 : shape.length <= 3);
    return outputs.some((other) => other !== output && isBeside(other.shape));
  });
}
