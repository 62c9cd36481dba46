import type { Shape } from "../../core/index.ts";
import type { OnnxFileNode } from "../../formats/onnx/index.ts";
import { type BatchPlace, isAlone, reshapedPlaces, samePlace } from "./batch-place.ts";

/** A node of a graph whose batch is a number, with what is known of the values that it reads. */
export interface PlacedNode extends OnnxFileNode {
  /** By input; undefined where no image is in it. */
  readonly places: readonly (BatchPlace | undefined)[];
  readonly shapes: readonly (Shape | undefined)[];
  readonly outputShape: Shape;
  readonly batch: number;
  readonly opset: number;
  /** The numbers of an input that is a list of constants; undefined where it is computed. */
  ints(input: number): readonly number[] | undefined;
  /** Whether an input may be another for images of another size. */
  follows(input: number): boolean;
}

/** What one input of a node becomes so that the node takes any number of images. */
export type Edit = { readonly input: number } & (
  | {
      /** A list of sizes, of which "images" is their number. */
      readonly sizes: readonly (number | "images")[];
    }
  | {
      /** What is the same for all images, once along this axis, or as often as there are images. */
      readonly axis: number;
      readonly rank: number;
      readonly repeat: boolean;
    }
  | {
      /** Of a node that takes all numbers in their order: it becomes a Reshape to these sizes. */
      readonly reshaped: readonly number[];
    }
);

/** One way in which a node can be read: where the images lie in its outputs. */
export interface Outcome {
  readonly place: BatchPlace;
  readonly edits?: readonly Edit[];
}

/** All ways, the likeliest first; none where the node cannot be of each image alone. */
type PlaceRule = (node: PlacedNode) => readonly Outcome[];

const whole = ({ outer, inner }: BatchPlace, batch: number): number => outer * batch * inner;

const intOf = ({ attributes }: OnnxFileNode, name: string, otherwise: number): number => {
  const found = attributes.get(name);
  return found && "int" in found ? Number(found.int) : otherwise;
};

const intsOf = ({ attributes }: OnnxFileNode, name: string): number[] | undefined => {
  const found = attributes.get(name);
  return found && "ints" in found ? found.ints.map(Number) : undefined;
};

const rankOf = (node: PlacedNode, input = 0): number => node.shapes[input]?.length ?? 0;
const fromStart = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** Of several inputs whose axes are aligned from the last on. */
function aligned(node: PlacedNode, isLead: (input: number, axis: number) => boolean = () => true): readonly Outcome[] {
  const rank = node.outputShape.length;
  let place: BatchPlace | undefined;
  for (const [input, own] of node.places.entries()) {
    if (!own) continue;
    if (!isLead(input, own.axis)) return [];
    const here = { ...own, axis: own.axis + rank - rankOf(node, input) };
    if (place && !samePlace(place, here)) return [];
    place = here;
  }
  if (!place || node.outputShape[place.axis] !== whole(place, node.batch)) return [];
  const edits: Edit[] = [];
  for (const [input, shape] of node.shapes.entries()) {
    if (node.places[input] || !shape) continue;
    const axis = place.axis - rank + shape.length;
    const size = shape[axis] ?? 1;
    if (size === 1) continue;
    if (!isAlone(place) || size !== node.batch) return [];
    edits.push({ input, axis, rank: shape.length, repeat: false });
  }
  return [{ place, edits }];
}

const broadcast: PlaceRule = (node) => aligned(node);

const matmul: PlaceRule = (node) => {
  const [a, b] = node.places;
  const [rankA, rankB, rank] = [rankOf(node, 0), rankOf(node, 1), node.outputShape.length];
  if (rankA < 2 || rankB < 2) return [];
  if (a && !b && a.axis === rankA - 2) return [{ place: { ...a, axis: rank - 2 } }];
  if (b && !a && b.axis === rankB - 1) return [{ place: { ...b, axis: rank - 1 } }];
  return aligned(node, (input, axis) => axis < rankOf(node, input) - 2);
};

const gemm: PlaceRule = (node) => {
  const [a, b, c] = node.places;
  if (!a || b || c || a.axis !== (intOf(node, "transA", 0) === 0 ? 0 : 1)) return [];
  const bias = node.shapes[2];
  const isRow = bias === undefined || bias.length < 2 || bias[0] === 1;
  if (!isRow && !(isAlone(a) && bias[0] === node.batch)) return [];
  return [{ place: { ...a, axis: 0 }, edits: isRow ? [] : [{ input: 2, axis: 0, rank: 2, repeat: false }] }];
};

const reshape: PlaceRule = (node) => {
  const [from] = node.shapes;
  const [own] = node.places;
  if (!from || !own || node.places[1]) return [];
  const target = node.ints(1);
  return reshapedPlaces(from, own, node.outputShape, node.batch).map((place) => {
    if (node.follows(1)) return { place };
    return {
      place,
      edits: target && isFree(target, place, own) ? [] : [{ input: 1, sizes: sizesOf(node, place, target) }],
    };
  });
};

/** Whether a target of Reshape takes the number of images from what it reshapes. */
const isFree = (target: readonly number[], place: BatchPlace, own: BatchPlace): boolean =>
  target[place.axis] === -1 || (target[place.axis] === 0 && samePlace(place, own));

function sizesOf(node: PlacedNode, place: BatchPlace, target = node.outputShape): number[] {
  const kept = target.includes(0) ? node.outputShape : target;
  const keepsSize = samePlace(place, node.places[0]!) && intOf(node, "allowzero", 0) === 0;
  if (target.includes(-1) && keepsSize) return kept.map((size, i) => (i === place.axis ? 0 : size));
  return node.outputShape.map((size, i) => (i === place.axis ? -1 : size));
}

const flatten: PlaceRule = (node) => {
  const [from, own] = [node.shapes[0], node.places[0]];
  if (!from || !own) return [];
  const at = fromStart(intOf(node, "axis", 1), from.length);
  const size = (start: number, end: number) => from.slice(start, end).reduce((all, n) => all * n, 1);
  const start = own.axis < at ? 0 : at;
  const end = own.axis < at ? at : from.length;
  const [outer, inner] = [own.outer * size(start, own.axis), own.inner * size(own.axis + 1, end)];
  return [{ place: { axis: own.axis < at ? 0 : 1, outer, inner } }];
};

const axesOf = (node: PlacedNode): readonly number[] | undefined => intsOf(node, "axes") ?? node.ints(1);

const squeeze: PlaceRule = (node) => {
  const own = node.places[0]!;
  const axes = axesOf(node)?.map((axis) => fromStart(axis, rankOf(node)));
  if (!axes || axes.includes(own.axis)) return [];
  return [{ place: { ...own, axis: own.axis - axes.filter((axis) => axis < own.axis).length } }];
};

const unsqueeze: PlaceRule = (node) => {
  const own = node.places[0]!;
  const rank = node.outputShape.length;
  const axes = axesOf(node)?.map((axis) => fromStart(axis, rank));
  if (!axes) return [];
  const kept = Array.from({ length: rank }, (_, i) => i).filter((axis) => !axes.includes(axis));
  const axis = kept[own.axis];
  return axis === undefined ? [] : [{ place: { ...own, axis } }];
};

const transpose: PlaceRule = (node) => {
  const own = node.places[0]!;
  const rank = rankOf(node);
  const perm = intsOf(node, "perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const axis = perm.indexOf(own.axis);
  return axis < 0 ? [] : [{ place: { ...own, axis } }];
};

/** What is the same for all images, as a class token, is repeated for each. */
const concat: PlaceRule = (node) => {
  const place = node.places.find(Boolean)!;
  const along = fromStart(intOf(node, "axis", 1), node.outputShape.length);
  if (along === place.axis || node.places.some((other) => other && !samePlace(other, place))) return [];
  const edits: Edit[] = [];
  for (const [input, shape] of node.shapes.entries()) {
    if (node.places[input]) continue;
    if (!isAlone(place) || shape?.[place.axis] !== node.batch) return [];
    edits.push({ input, axis: place.axis, rank: shape.length, repeat: true });
  }
  return [{ place, edits }];
};

const expand: PlaceRule = (node) => {
  const own = node.places[0];
  if (!own || node.places[1]) return [];
  const rank = node.outputShape.length;
  const place = { ...own, axis: own.axis + rank - rankOf(node) };
  if (node.outputShape[place.axis] !== whole(place, node.batch)) return [];
  if (node.follows(1)) return [{ place }];
  return [{ place, edits: [{ input: 1, sizes: node.outputShape.map((size, i) => (i === place.axis ? 1 : size)) }] }];
};

const gather: PlaceRule = (node) => {
  const own = node.places[0];
  const axis = fromStart(intOf(node, "axis", 0), rankOf(node));
  if (own && rankOf(node) === 1 && takesAll(node)) {
    return reshapedPlaces(node.shapes[0]!, own, node.outputShape, node.batch).map((place) => {
      return { place, edits: [{ input: 1, reshaped: sizesOf(node, place) }] };
    });
  }
  if (!own || node.places[1] || axis === own.axis) return [];
  const more = rankOf(node, 1) - 1;
  return [{ place: { ...own, axis: axis < own.axis ? own.axis + more : own.axis } }];
};

/** PyTorch's exporter writes strides that change nothing so. */
const takesAll = (node: PlacedNode): boolean => {
  const places = node.ints(1);
  return places !== undefined && places.length === node.shapes[0]![0] && places.every((place, i) => place === i);
};

/** Of the axis of images all are taken. */
const slice: PlaceRule = (node) => {
  const own = node.places[0];
  if (!own) return [];
  const isOld = node.opset < SLICE_INPUTS;
  const list = (name: string, input: number) => (isOld ? intsOf(node, name) : node.ints(input));
  const [starts, ends] = [list("starts", 1), list("ends", 2)];
  const has = (input: number) => (node.inputs[input] ?? "") !== "";
  const axes = isOld || has(3) ? list("axes", 3) : starts?.map((_, i) => i);
  const at = axes?.findIndex((axis) => fromStart(axis, rankOf(node)) === own.axis);
  if (at !== undefined && at < 0) return [{ place: own }];
  const steps = isOld || !has(4) ? starts?.map(() => 1) : node.ints(4);
  // Bounds that are computed are tried.
  if (at === undefined || !starts || !ends || !steps) return sameAxis(node);
  const size = whole(own, node.batch);
  if (starts[at] !== 0 || steps[at] !== 1 || ends[at]! < size) return [];
  if (ends[at]! >= MOST_SIZE) return [{ place: own }];
  if (isOld) return [];
  return [{ place: own, edits: [{ input: 2, sizes: ends.map((end, i) => (i === at ? MOST_SIZE : end)) }] }];
};
/** Slice's bounds were attributes before this operator set. */
const SLICE_INPUTS = 10;
/** An end beyond every axis. */
const MOST_SIZE = 2 ** 31 - 1;

const reduction: PlaceRule = (node) => {
  const own = node.places[0]!;
  const rank = rankOf(node);
  const given = axesOf(node);
  if (given === undefined && (node.inputs[1] ?? "") !== "") return [];
  const axes = given?.map((axis) => fromStart(axis, rank)) ?? [];
  if (axes.length === 0 && intOf(node, "noop_with_empty_axes", 0) === 0) return [];
  if (axes.includes(own.axis)) return [];
  const fewer = intOf(node, "keepdims", 1) === 0 ? axes.filter((axis) => axis < own.axis).length : 0;
  return [{ place: { ...own, axis: own.axis - fewer } }];
};

/** Sizes of a Resize name that of the batch, too. */
const resize: PlaceRule = (node) => {
  const [outcome] = perImage(node);
  if (!outcome || !node.inputs[3] || node.follows(3)) return outcome ? [outcome] : [];
  const sizes = node.outputShape.map((size, i) => (i === outcome.place.axis ? ("images" as const) : size));
  const given = intsOf(node, "axes");
  if (given && !given.includes(outcome.place.axis)) return [outcome];
  if (given) return [];
  return [{ ...outcome, edits: [{ input: 3, sizes }] }];
};

/** Of tensors [N, C, ...] whose other axes are an image's own. */
const perImage: PlaceRule = (node) => (node.places[0]?.axis === 0 ? sameAxis(node) : []);

/** Along an axis that is not the images'. */
const alongAxis =
  (otherwise: number, toLast: boolean): PlaceRule =>
  (node) => {
    const axis = fromStart(intOf(node, "axis", otherwise), rankOf(node));
    const own = node.places[0];
    if (!own || own.axis === axis || (toLast && own.axis > axis)) return [];
    return sameAxis(node);
  };

const softmax: PlaceRule = (node) => {
  const isOld = node.opset < SOFTMAX_AXIS;
  return alongAxis(isOld ? 1 : -1, isOld)(node);
};
/** Softmax is along one axis from this operator set on. */
const SOFTMAX_AXIS = 13;

/** Of other operators: the images stay along their axis. */
const sameAxis: PlaceRule = (node) => {
  const [own, ...others] = node.places;
  if (!own || others.some(Boolean) || node.outputShape.length !== rankOf(node)) return [];
  return node.outputShape[own.axis] === whole(own, node.batch) ? [{ place: own }] : [];
};

const broadcasting = [
  ...["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min", "Sum", "Mean", "Where", "PRelu", "Mod", "And", "Or", "Xor"],
  ...["Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "BitShift"],
];
const reductions = [
  ...["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd", "ReduceLogSumExp"],
  ...["ReduceSumSquare", "ReduceLogSum"],
];
const imageOperators = [
  ...["Conv", "ConvTranspose", "MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool"],
  ...["BatchNormalization", "InstanceNormalization", "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth"],
];

const rules = new Map<string, PlaceRule>([
  ...broadcasting.map((op) => [op, broadcast] as const),
  ...reductions.map((op) => [op, reduction] as const),
  ...imageOperators.map((op) => [op, perImage] as const),
  ["MatMul", matmul],
  ["Gemm", gemm],
  ["Reshape", reshape],
  ["Flatten", flatten],
  ["Squeeze", squeeze],
  ["Unsqueeze", unsqueeze],
  ["Transpose", transpose],
  ["Concat", concat],
  ["Expand", expand],
  ["Gather", gather],
  ["Slice", slice],
  ["Resize", resize],
  ["Split", alongAxis(0, false)],
  ["Softmax", softmax],
  ["LogSoftmax", softmax],
  ["LayerNormalization", alongAxis(-1, true)],
  ["RMSNormalization", alongAxis(-1, true)],
]);

/** Inputs that are lists of sizes, places or axes, from this one on. */
const lists: Readonly<Record<string, number>> = {
  ...{ Reshape: 1, Expand: 1, Tile: 1, Slice: 1, Squeeze: 1, Unsqueeze: 1, Split: 1, Pad: 1, Resize: 1, Upsample: 1 },
  ...Object.fromEntries(reductions.map((op) => [op, 1])),
};

/** The tensors that nodes make, and those that they read, lists of numbers apart. */
export function tensorNames(nodes: readonly OnnxFileNode[]): string[] {
  const read = nodes.flatMap(({ op, inputs }) => inputs.slice(0, lists[op] ?? inputs.length));
  return [...new Set([...nodes.flatMap(({ outputs }) => outputs), ...read])].filter((name) => name !== "");
}

/** The ways in which a node can compute each image by itself, the likeliest first. */
export function outcomesOf(node: PlacedNode): readonly Outcome[] {
  return (rules.get(node.op) ?? sameAxis)(node);
}
