import { type Shape, showShape, sizeOf } from "../../../core/index.ts";
import { add, type Value } from "../../../engine/index.ts";
import { axesOf, axisOf, type NodeReading, type Rule, reshaped, transposed } from "../reading.ts";

/** 0 keeps a size, -1 is what is left. */
const reshape: Rule = (node) => {
  const x = node.value(0);
  const target = node.ints("shape") ?? node.numbers(1, "a shape");
  const sizes = target.map((size, i) => (size === 0 && node.int("allowzero", 0) === 0 ? (x.shape[i] ?? 0) : size));
  const free = sizes.indexOf(-1);
  if (free >= 0)
    sizes[free] = sizeOf(x.shape) / sizes.reduce((product, n, i) => (i === free ? product : product * n), 1);
  if (sizeOf(sizes) !== sizeOf(x.shape)) node.refuse(`a shape of ${sizeOf(x.shape)} numbers`, showShape(target));
  return reshaped(node, x, sizes);
};

const flatten: Rule = (node) => {
  const x = node.value(0);
  const axis = node.int("axis", 1);
  const at = axis < 0 ? axis + x.shape.length : axis;
  return reshaped(node, x, [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at))]);
};

/** Without axes those of length 1, of which a batch is none. */
const squeeze: Rule = (node) => {
  const x = node.value(0);
  const axes = axesOf(node, 1, x.shape.length) ?? node.refuse("axes", "none");
  if (axes.some((axis) => x.shape[axis] !== 1)) node.refuse("axes of length 1", showShape(x.shape));
  return reshaped(
    node,
    x,
    x.shape.filter((_, i) => !axes.includes(i)),
  );
};

const unsqueeze: Rule = (node) => {
  const x = node.value(0);
  const given = node.ints("axes") ?? node.numbers(1, "axes");
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => axisOf(node, axis, rank));
  const rest = [...x.shape];
  return reshaped(
    node,
    x,
    Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : (rest.shift() ?? 1))),
  );
};

const transpose: Rule = (node) => {
  const x = node.value(0);
  return transposed(node, x, node.ints("perm") ?? x.shape.map((_, i) => x.shape.length - 1 - i));
};

const concat: Rule = (node) => {
  const parts = Array.from({ length: node.inputs }, (_, i) => node.value(i));
  if (parts.length === 1) return parts[0]!;
  return node.apply("concat", parts, { axis: axisOf(node, node.int("axis", 1), parts[0]!.shape.length) });
};

/** Numbers at places along an axis; a range is a slice. */
function taken(node: NodeReading, x: Value, axis: number, places: readonly number[]): Value {
  const [start = 0] = places;
  if (places.length === 0) node.refuse("at least one place along an axis", "none");
  if (places.every((place, i) => place === start + i)) {
    if (places.length === x.shape[axis]) return x;
    return node.apply("slice", [x], { axis, start, end: start + places.length });
  }
  return node.apply("gather", [x], { axis, indices: places });
}

const slice: Rule = (node) => {
  const list = (name: string, input: number) => {
    if (node.opset < SLICE_INPUTS) return node.ints(name);
    return node.has(input) ? node.numbers(input, name) : undefined;
  };
  const starts = list("starts", 1) ?? node.refuse("starts", "none");
  const ends = list("ends", 2) ?? node.refuse("ends", "none");
  const axes = list("axes", 3) ?? starts.map((_, i) => i);
  const steps = list("steps", 4) ?? starts.map(() => 1);
  let x = node.value(0);
  for (const [i, given] of axes.entries()) {
    const axis = axisOf(node, given, x.shape.length);
    x = taken(node, x, axis, placesOf(node, x.shape[axis]!, starts[i] ?? 0, ends[i] ?? 0, steps[i] ?? 1));
  }
  return x;
};
/** Slice's bounds were attributes before this operator set. */
const SLICE_INPUTS = 10;

/** As ONNX clamps a range. */
function placesOf(node: NodeReading, size: number, start: number, end: number, step: number): number[] {
  if (step === 0) node.refuse("a step", "0");
  const within = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
  const isUp = step > 0;
  const first = within(start, 0, isUp ? size : size - 1);
  const last = within(end, isUp ? 0 : -1, isUp ? size : size - 1);
  const places: number[] = [];
  for (let at = first; isUp ? at < last : at > last; at += step) places.push(at);
  return places;
}

const split: Rule = (node) => {
  const x = node.value(0);
  const axis = axisOf(node, node.int("axis", 0), x.shape.length);
  const size = x.shape[axis]!;
  const each = Math.ceil(size / node.outputs);
  const equal = Array.from({ length: node.outputs }, (_, i) => Math.min(each, size - i * each));
  const sizes = node.ints("split") ?? (node.has(1) ? node.numbers(1, "sizes") : equal);
  if (sizes.some((n) => n < 1) || sizeOf([sizes.reduce((sum, n) => sum + n, 0)]) !== size) {
    node.refuse(`parts of ${size}`, showShape(sizes));
  }
  let start = 0;
  return sizes.map((length) => {
    const part = taken(
      node,
      x,
      axis,
      Array.from({ length }, (_, i) => start + i),
    );
    start += length;
    return part;
  });
};

const gather: Rule = (node) => {
  const x = node.value(0);
  const axis = axisOf(node, node.int("axis", 0), x.shape.length);
  const size = x.shape[axis]!;
  const places = node.numbers(1, "indices").map((at) => (at < 0 ? at + size : at));
  if (places.some((at) => !(at >= 0 && at < size))) node.refuse(`indices below ${size}`, "others");
  const shape = node.constant(1)!.shape;
  const y = taken(node, x, axis, places);
  return reshaped(node, y, [...x.shape.slice(0, axis), ...shape, ...x.shape.slice(axis + 1)]);
};

/** One value around; a negative count cuts off. */
const pad: Rule = (node) => {
  if (node.text("mode", "constant") !== "constant") node.refuse("one value around", node.text("mode", ""));
  let x = node.value(0);
  const isOld = node.opset < PAD_INPUTS;
  const counts = (isOld ? (node.ints("pads") ?? node.ints("paddings")) : node.numbers(1, "pads")) ?? [];
  const fill = isOld ? node.float("value", 0) : node.has(2) ? node.number(2, "a value") : 0;
  if (!Number.isFinite(fill)) node.refuse("a finite value around", String(fill));
  const given = node.has(3) ? node.numbers(3, "axes") : x.shape.map((_, i) => i);
  const around = x.shape.map(() => ({ before: 0, after: 0 }));
  for (const [i, one] of given.entries()) {
    const axis = axisOf(node, one, x.shape.length);
    const [before = 0, after = 0] = [counts[i], counts[i + given.length]];
    const cut = (count: number) => Math.max(-count, 0);
    const length = x.shape[axis]! - cut(before) - cut(after);
    x = taken(
      node,
      x,
      axis,
      Array.from({ length: Math.max(length, 0) }, (_, at) => cut(before) + at),
    );
    const zeros = { axis, before: Math.max(before, 0), after: Math.max(after, 0) };
    if (zeros.before + zeros.after > 0) x = node.apply("pad", [x], zeros);
    around[axis] = zeros;
  }
  return fill === 0 ? x : add(x, filledAround(node, x.shape, around, fill));
};

/** The value where the axes were padded and zeros within, of length 1 along the other axes. */
function filledAround(
  node: NodeReading,
  padded: Shape,
  around: readonly { readonly before: number; readonly after: number }[],
  fill: number,
): Value {
  const shape = padded.map((size, axis) => (around[axis]!.before + around[axis]!.after > 0 ? size : 1));
  const data = Float32Array.from({ length: sizeOf(shape) }, (_, at) => {
    let rest = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const place = rest % shape[axis]!;
      rest = (rest - place) / shape[axis]!;
      const { before, after } = around[axis]!;
      if (place < before || place >= shape[axis]! - after) return fill;
    }
    return 0;
  });
  return node.graph.constant({ dtype: "float32", shape, data });
}

/** Pad's counts were an attribute before this operator set. */
const PAD_INPUTS = 11;

const expand: Rule = (node) => {
  const x = node.value(0);
  const target = node.numbers(1, "a shape");
  const rank = Math.max(x.shape.length, target.length);
  const from = (shape: Shape, i: number) => shape[i - rank + shape.length] ?? 1;
  const shape = Array.from({ length: rank }, (_, i) => Math.max(from(x.shape, i), from(target, i)));
  const isSame = x.shape.length === rank && x.shape.every((size, i) => size === shape[i]);
  return isSame ? x : node.apply("expand", [x], { shape });
};

export const arrays: Readonly<Record<string, Rule>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
  Pad: pad,
  Expand: expand,
};
