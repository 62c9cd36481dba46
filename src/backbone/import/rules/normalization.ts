import { type Shape, sizeOf } from "../../../core/index.ts";
import { add, mul, type Node, sub, type Value } from "../../../engine/index.ts";
import { axisOf, type NodeReading, type Rule, reshaped } from "../reading.ts";

/** Of the last axes, which are one here. */
const layerNormalization: Rule = (node) => {
  const x = node.value(0);
  const axis = axisOf(node, node.int("axis", -1), x.shape.length);
  const [lead, own] = [x.shape.slice(0, axis), x.shape.slice(axis)];
  const size = sizeOf(own);
  const [gamma, beta] = [vector(node, 1, own), node.has(2) ? vector(node, 2, own) : filled(node, size, 0)];
  const rows = reshaped(node, x, [...lead, size]);
  const y = node.apply("layerNorm", [rows, gamma, beta], { epsilon: node.float("epsilon", 1e-5) });
  return reshaped(node, y, x.shape);
};

/** Of every channel alone, as group normalisation is exported, too. */
const instanceNormalization: Rule = (node) => {
  const x = node.value(0);
  const [batch = 1, channels = 1, ...own] = x.shape;
  const size = sizeOf(own);
  const inputs = [reshaped(node, x, [batch, channels, size]), filled(node, size, 1), filled(node, size, 0)] as const;
  const y = node.apply("layerNorm", inputs, { epsilon: node.float("epsilon", 1e-5) });
  const perChannel = (input: number) => reshaped(node, node.value(input), [channels, ...own.map(() => 1)]);
  return add(mul(reshaped(node, y, x.shape), perChannel(1)), perChannel(2));
};

/** A scale or bias of the normalised axes, broadcast to them. */
function vector(node: NodeReading, input: number, own: Shape): Value {
  const x = node.value(input);
  const size = sizeOf(own);
  if (sizeOf(x.shape) === size) return reshaped(node, x, [size]);
  return reshaped(node, node.apply("expand", [x], { shape: own }), [size]);
}

const filled = (node: NodeReading, size: number, value: number): Value =>
  node.graph.constant({ dtype: "float32", shape: [size], data: new Float32Array(size).fill(value) });

/**
 * With the statistics of the file: a scale and a bias for each channel. Behind a convolution the scale goes into its kernel,
 * which is far smaller than what it gives.
 */
const batchNormalization: Rule = (node) => {
  if (node.int("training_mode", 0) !== 0) return standardized(node);
  if (!node.constant(3) || !node.constant(4)) return normalized(node, node.value(3), node.value(4));
  const [x, gamma, beta] = [node.value(0), node.value(1), node.value(2)];
  const [mean, variance] = [node.numbers(3, "a mean"), node.numbers(4, "a variance")];
  const channels = gamma.shape[0] ?? 1;
  const epsilon = node.float("epsilon", 1e-5);
  const data = Float32Array.from(variance, (one) => 1 / Math.sqrt(one + epsilon));
  const inverse = node.graph.constant({ dtype: "float32", shape: [channels], data });
  const means = node.graph.constant({ dtype: "float32", shape: [channels], data: Float32Array.from(mean) });
  const scale = mul(gamma, inverse);
  const bias = sub(beta, mul(means, scale));
  const shape = [channels, ...x.shape.slice(2).map(() => 1)];
  return add(scaled(node, x, scale, shape), reshaped(node, bias, shape));
};

/**
 * With the statistics of what it is given. NFNet and BiT standardise their weights so; of images it would mix those of a batch.
 */
function standardized(node: NodeReading): Value {
  if (node.isOfImages(0)) node.refuse("statistics of the file", "those of each batch");
  const x = node.value(0);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  if (x.shape.length < 2) node.refuse("[N, C, ...]", `${x.shape.length} dimensions`);
  const meanOf = (value: Value) => node.apply("reduceMean", [value], { axes, keepDims: true });
  const mean = meanOf(x);
  const centred = sub(x, mean);
  return normalized(node, mean, meanOf(mul(centred, centred)));
}

/** By a mean and a variance that are computed: PyTorch's newer exporter writes standardised weights so. */
function normalized(node: NodeReading, mean: Value, variance: Value): Value {
  const x = node.value(0);
  const shape = [x.shape[1] ?? 1, ...x.shape.slice(2).map(() => 1)];
  const perChannel = (value: Value) => reshaped(node, value, shape);
  const deviation = node.apply("sqrt", [add(perChannel(variance), node.float("epsilon", 1e-5))]);
  const scale = node.apply("div", [perChannel(node.value(1)), deviation]);
  return add(mul(sub(x, perChannel(mean)), scale), perChannel(node.value(2)));
}

/** x times a number a channel. */
function scaled(node: NodeReading, x: Value, scale: Value, shape: Shape): Value {
  if (x.node?.op !== "conv2d") return mul(x, reshaped(node, scale, shape));
  const { inputs, attributes } = x.node as Node<"conv2d">;
  const [images, kernel] = inputs as [Value, Value];
  const scaledKernel = mul(kernel, reshaped(node, scale, [scale.shape[0]!, 1, 1, 1]));
  return node.apply("conv2d", [images, scaledKernel], attributes);
}

export const normalization: Readonly<Record<string, Rule>> = {
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  BatchNormalization: batchNormalization,
};
