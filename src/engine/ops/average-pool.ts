import type { Graph, OpAttributes, Value } from "../graph/index.ts";
import type { OpDefinition } from "./definition.ts";
import { expectFloats, poolAttributes, pooledShape } from "./window.ts";

type AveragePool = OpAttributes["averagePool"];

/** [N, C, H, W] -> [N, C, H', W']: the mean of every window. */
export const averagePool: OpDefinition<"averagePool"> = {
  infer([x], window) {
    expectFloats("averagePool", [x!]);
    return [{ dtype: "float32", shape: pooledShape("averagePool", x!.shape, window) }];
  },
  lower(emit, { inputs: [x], outputs: [y], attributes }) {
    emit.definePlain(y!, emit.node("AveragePool", [emit.plain(x!)], onnxAttributes(attributes)));
  },
  lowerBlocked(emit, { inputs: [x], outputs: [y], attributes }) {
    if (!emit.isBlocked(x!)) return "the input is not blocked";
    const pooled = emit.node("com.microsoft.nchwc:AveragePool", [emit.blocked(x!)], onnxAttributes(attributes));
    emit.defineBlocked(y!, pooled);
    return undefined;
  },
  /** Each position of a window gets its share: the input gradient of a depthwise convolution with ones. */
  gradient(graph, { inputs: [x], outputs: [y], attributes }, [dy]) {
    const { kernel, strides, pads } = attributes;
    const c = x!.shape[1]!;
    const shape = [c, 1, ...kernel];
    const ones = graph.constant({ dtype: "float32", shape, data: new Float32Array(c * kernel[0] * kernel[1]).fill(1) });
    const share = graph.op("mul", [dy!, shares(graph, x!, y!, attributes)]);
    const convolution = { shape: x!.shape, strides, pads, dilations: [1, 1], groups: c } as const;
    return [graph.op("conv2dInputGradient", [share, ones], convolution)];
  },
};

const onnxAttributes = (window: AveragePool) => ({
  ...poolAttributes(window),
  count_include_pad: Number(window.countPadding),
});

/** One over the number of values in each window: a scalar where all have as many, else [1, 1, H', W']. */
function shares(graph: Graph, x: Value, y: Value, { kernel, strides, pads, countPadding }: AveragePool): Value {
  if (countPadding || pads.every((pad) => pad === 0)) return graph.scalar(1 / (kernel[0] * kernel[1]));
  const inside = (axis: 0 | 1) =>
    Array.from({ length: y.shape[axis + 2]! }, (_, i) => {
      const start = i * strides[axis] - pads[axis];
      return Math.min(start + kernel[axis], x.shape[axis + 2]!) - Math.max(start, 0);
    });
  const [rows, columns] = [inside(0), inside(1)];
  const data = Float32Array.from(rows.flatMap((height) => columns.map((width) => 1 / (height * width))));
  return graph.constant({ dtype: "float32", shape: [1, 1, rows.length, columns.length], data });
}
