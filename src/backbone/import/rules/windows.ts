import { showShape } from "../../../core/index.ts";
import { add, type Value } from "../../../engine/index.ts";
import { type NodeReading, type Rule, reshaped } from "../reading.ts";

type Pair = readonly [number, number];
type Pads = readonly [top: number, left: number, bottom: number, right: number];

interface Geometry {
  readonly kernel: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: Pads;
}

function geometryOf(node: NodeReading, x: Value, kernel: readonly number[]): Geometry {
  if (x.shape.length !== 4 || kernel.length !== 2) node.refuse("images [N, C, H, W]", showShape(x.shape));
  const pair = (name: string): Pair => {
    const [a = 1, b = 1] = node.ints(name) ?? [];
    return [a, b];
  };
  const sizes: Pair = [kernel[0]!, kernel[1]!];
  const [strides, dilations] = [pair("strides"), pair("dilations")];
  const reach = sizes.map((k, i) => (k - 1) * dilations[i]! + 1);
  const same = (i: 0 | 1): Pair => {
    const size = x.shape[2 + i]!;
    const total = Math.max((Math.ceil(size / strides[i]) - 1) * strides[i] + reach[i]! - size, 0);
    const less = Math.floor(total / 2);
    return node.text("auto_pad", "") === "SAME_UPPER" ? [less, total - less] : [total - less, less];
  };
  const auto = node.text("auto_pad", "NOTSET");
  const base = { kernel: sizes, strides, dilations };
  if (auto.startsWith("SAME")) {
    const [[top, bottom], [left, right]] = [same(0), same(1)];
    return { ...base, pads: [top, left, bottom, right] };
  }
  const [top = 0, left = 0, bottom = 0, right = 0] = auto === "VALID" ? [] : (node.ints("pads") ?? []);
  return { ...base, pads: [top, left, bottom, right] };
}

const conv: Rule = (node) => {
  const [x, weight] = [node.value(0), node.value(1)];
  const { strides, pads, dilations } = geometryOf(node, x, weight.shape.slice(2));
  const y = node.apply("conv2d", [x, weight], { strides, pads, dilations, groups: node.int("group", 1) });
  return node.has(2) ? add(y, reshaped(node, node.value(2), [weight.shape[0]!, 1, 1])) : y;
};

/** Rows or columns at the end that a window reaches beyond the padding where sizes are rounded up. */
function overhang(node: NodeReading, x: Value, { kernel, strides, pads }: Geometry): Pair {
  if (node.int("ceil_mode", 0) === 0) return [0, 0];
  const along = (i: 0 | 1): number => {
    const size = x.shape[2 + i]! + pads[i]! + pads[2 + i]!;
    const last = Math.ceil((size - kernel[i]) / strides[i]) * strides[i];
    // A window must begin within the image or the padding before it.
    const start = last >= x.shape[2 + i]! + pads[i]! ? last - strides[i] : last;
    return Math.max(start + kernel[i] - size, 0);
  };
  return [along(0), along(1)];
}

function pooled(node: NodeReading): { x: Value; window: Geometry; extra: Pair } {
  const x = node.value(0);
  const window = geometryOf(node, x, node.ints("kernel_shape") ?? []);
  if (window.dilations.some((n) => n !== 1))
    node.refuse("a window without gaps", `dilations ${showShape(window.dilations)}`);
  return { x, window, extra: overhang(node, x, window) };
}

const beyond = ([top, left, bottom, right]: Pads, [rows, columns]: Pair): Pads => [
  top,
  left,
  bottom + rows,
  right + columns,
];

const maxPool: Rule = (node) => {
  if (node.outputs > 1) node.refuse("the greatest values", "their places, too");
  const { x, window, extra } = pooled(node);
  const { kernel, strides, pads } = window;
  return node.apply("maxPool", [x], { kernel, strides, pads: beyond(pads, extra) });
};

/** What a window reaches beyond the padding never counts. */
const averagePool: Rule = (node) => {
  const { x, window, extra } = pooled(node);
  const { kernel, strides, pads } = window;
  const countPadding = node.int("count_include_pad", 0) !== 0;
  if (!countPadding || extra.every((n) => n === 0)) {
    return node.apply("averagePool", [x], { kernel, strides, pads: beyond(pads, extra), countPadding });
  }
  const [top, left, bottom, right] = pads;
  const tall = node.apply("pad", [x], { axis: 2, before: top, after: bottom });
  const padded = node.apply("pad", [tall], { axis: 3, before: left, after: right });
  return node.apply("averagePool", [padded], {
    kernel,
    strides,
    pads: beyond([0, 0, 0, 0], extra),
    countPadding: false,
  });
};

export const windows: Readonly<Record<string, Rule>> = { Conv: conv, MaxPool: maxPool, AveragePool: averagePool };
