import { showShape } from "../../../core/index.ts";
import { matmul, type Value } from "../../../engine/index.ts";
import { axisOf, type NodeReading, type Rule, reshaped } from "../reading.ts";

/** One axis of a resized tensor, in numbers along it. */
interface Axis {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
  readonly scale: number;
}

/** Places of the input, by place of the output: in float32, as ONNX Runtime computes them. */
type Coordinates = (at: number, axis: Axis) => number;

const round = Math.fround;

const halfPixel: Coordinates = (at, { scale }) => round(round((at + 0.5) / scale) - 0.5);

const coordinates: Readonly<Record<string, Coordinates>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (at, axis) => (axis.to > 1 ? halfPixel(at, axis) : 0),
  half_pixel_symmetric: (at, axis) => {
    const offset = (axis.from / 2) * (1 - axis.to / (axis.scale * axis.from));
    return round(offset + halfPixel(at, axis));
  },
  align_corners: (at, { from, to }) => (to === 1 ? 0 : round((at * (from - 1)) / (to - 1))),
  asymmetric: (at, { scale }) => round(at / scale),
  tf_half_pixel_for_nn: (at, { scale }) => round((at + 0.5) / scale),
};

const roundings: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** Longest axis of an output. */
const MOST_SIZE = 2 ** 14;
/** Resize has modes of coordinates from this operator set on. */
const COORDINATES = 11;

const resize: Rule = (node) => {
  const mode = node.text("mode", "nearest");
  const isOld = node.op === "Upsample" || node.opset < COORDINATES;
  const coordinate = isOld ? "asymmetric" : node.text("coordinate_transformation_mode", "half_pixel");
  const rounding = node.text("nearest_mode", "round_prefer_floor");
  const at = coordinates[coordinate] ?? node.refuse(`coordinates ${Object.keys(coordinates).join(", ")}`, coordinate);
  if (mode !== "nearest" && mode !== "linear") node.refuse("the mode nearest or linear", mode);
  if (node.int("antialias", 0) !== 0) node.refuse("a resize without antialias", "one with it");
  const policy = node.text("keep_aspect_ratio_policy", "stretch");
  if (policy !== "stretch") node.refuse("sizes as they are said", policy);
  const said = roundings[rounding] ?? node.refuse(`rounding ${Object.keys(roundings).join(", ")}`, rounding);
  let x = node.value(0);
  for (const axis of axesOf(node, x, isOld)) {
    if (axis.from === axis.to && axis.scale === 1) continue;
    if (axis.axis === 0) node.refuse("images that stay apart", "another number of them");
    const places = Array.from({ length: axis.to }, (_, i) => at(i, axis));
    // As ONNX Runtime does before modes of rounding.
    const nearest = isOld ? roundings[axis.scale < 1 ? "ceil" : "floor"]! : said;
    x = mode === "nearest" ? taken(node, x, axis, places.map(nearest)) : interpolated(node, x, axis, places);
  }
  return x;
};

function axesOf(node: NodeReading, x: Value, isOld: boolean): Axis[] {
  const rank = x.shape.length;
  const [scaleInput, sizeInput] = isOld ? [1, -1] : [2, 3];
  const given = node.ints("axes") ?? x.shape.map((_, i) => i);
  const numbers = (input: number, what: string) => {
    const found = node.has(input) ? node.numbers(input, what) : [];
    if (found.length > 0 && found.length !== given.length) node.refuse(`${given.length} ${what}`, `${found.length}`);
    return found.length > 0 ? found : undefined;
  };
  const sizes = numbers(sizeInput, "sizes");
  const scales = sizes ? undefined : (numbers(scaleInput, "scales") ?? node.refuse("scales or sizes", "none"));
  return given.map((one, i) => {
    const axis = axisOf(node, one, rank);
    const from = x.shape[axis]!;
    const to = sizes ? sizes[i]! : Math.floor(round(from * scales![i]!));
    if (!Number.isInteger(to) || to < 1 || (to > MOST_SIZE && to !== from)) {
      node.refuse(`sizes from 1 to ${MOST_SIZE}`, `${showShape(x.shape)} times or to ${(sizes ?? scales!)[i]}`);
    }
    return { axis, from, to, scale: sizes ? round(to / from) : scales![i]! };
  });
}

const within = (place: number, { from }: Axis): number => Math.min(Math.max(place, 0), from - 1);

/** Repeats where each place is taken as often; PyTorch's doubling of maps is so. */
function taken(node: NodeReading, x: Value, axis: Axis, rounded: readonly number[]): Value {
  const places = rounded.map((place) => within(place, axis));
  const times = axis.to / axis.from;
  if (!Number.isInteger(times) || places.some((place, i) => place !== Math.floor(i / times))) {
    return node.apply("gather", [x], { axis: axis.axis, indices: places });
  }
  const [before, after] = [x.shape.slice(0, axis.axis + 1), x.shape.slice(axis.axis + 1)];
  const one = reshaped(node, x, [...before, 1, ...after]);
  const all = node.apply("expand", [one], { shape: [...before, times, ...after] });
  return reshaped(node, all, [...x.shape.slice(0, axis.axis), axis.to, ...after]);
}

/** A product with the weights [to, from] of the two places around each; the gradient is that of the product. */
function interpolated(node: NodeReading, x: Value, axis: Axis, places: readonly number[]): Value {
  const data = new Float32Array(axis.to * axis.from);
  for (const [i, place] of places.entries()) {
    const at = within(place, axis);
    const low = Math.floor(at);
    const share = at - low;
    data[i * axis.from + low] = 1 - share;
    if (share > 0) data[i * axis.from + low + 1] = share;
  }
  const weights = node.graph.constant({ dtype: "float32", shape: [axis.to, axis.from], data });
  const after = x.shape.slice(axis.axis + 1);
  if (after.length === 0) return matmul(x, weights, { transposeB: true });
  const rows = reshaped(node, x, [...x.shape.slice(0, axis.axis + 1), after.reduce((all, n) => all * n, 1)]);
  return reshaped(node, matmul(weights, rows), [...x.shape.slice(0, axis.axis), axis.to, ...after]);
}

export const resizing: Readonly<Record<string, Rule>> = { Resize: resize, Upsample: resize };
