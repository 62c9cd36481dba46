import { add, mul, sub, type Value } from "../../../engine/index.ts";
import { axisOf, type NodeReading, type Rule, reshaped, transposed } from "../reading.ts";

/** Clip's bounds were attributes before this operator set. */
const CLIP_INPUTS = 11;
/** Softmax is along one axis from this operator set on; before it, along all axes from one on. */
const SOFTMAX_AXIS = 13;

const clip: Rule = (node) => {
  const bound = (name: "min" | "max", input: number, none: number): number => {
    if (node.opset < CLIP_INPUTS) return node.float(name, none);
    return node.has(input) ? node.number(input, `a ${name}`) : none;
  };
  const [min, max] = [bound("min", 1, Number.NEGATIVE_INFINITY), bound("max", 2, Number.POSITIVE_INFINITY)];
  return limited(node, node.value(0), min, max);
};

const limited = (node: NodeReading, x: Value, min: number, max: number): Value => {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return node.apply("relu", [x]);
  return min === Number.NEGATIVE_INFINITY && max === Number.POSITIVE_INFINITY
    ? x
    : node.apply("clip", [x], { min, max });
};

const hardSigmoid: Rule = (node) => {
  const line = add(mul(node.value(0), node.float("alpha", 0.2)), node.float("beta", 0.5));
  return limited(node, line, 0, 1);
};

/** x max(0, min(1, x / 6 + 1/2)) */
const hardSwish: Rule = (node) => {
  const x = node.value(0);
  return mul(x, limited(node, add(mul(x, 1 / 6), 0.5), 0, 1));
};

const softmax: Rule = (node) => {
  const x = node.value(0);
  const rank = x.shape.length;
  const axis = axisOf(node, node.int("axis", node.opset < SOFTMAX_AXIS ? 1 : -1), Math.max(rank, 1));
  if (node.opset < SOFTMAX_AXIS) {
    const size = (from: number, to: number) => x.shape.slice(from, to).reduce((product, n) => product * n, 1);
    const flat = reshaped(node, x, [size(0, axis), size(axis, rank)]);
    return reshaped(node, node.apply("softmax", [flat]), x.shape);
  }
  const swap = x.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  return transposed(node, node.apply("softmax", [transposed(node, x, swap)]), swap);
};

const gelu: Rule = (node) => {
  const approximate = node.text("approximate", "none");
  if (approximate !== "none" && approximate !== "tanh") return node.refuse("none or tanh", approximate);
  return node.apply("gelu", [node.value(0)], { approximate });
};

const negative = (node: NodeReading, x: Value): Value => limited(node, x, Number.NEGATIVE_INFINITY, 0);

/** slope x where x is below 0 */
const leakyRelu: Rule = (node) => {
  const x = node.value(0);
  return add(node.apply("relu", [x]), mul(negative(node, x), node.float("alpha", 0.01)));
};

const pRelu: Rule = (node) => {
  const x = node.value(0);
  return add(node.apply("relu", [x]), mul(negative(node, x), node.value(1)));
};

/** alpha (exp x - 1) where x is below 0 */
const elu: Rule = (node) => exponential(node, node.float("alpha", 1));

const exponential = (node: NodeReading, alpha: number): Value => {
  const x = node.value(0);
  return add(node.apply("relu", [x]), mul(sub(node.apply("exp", [negative(node, x)]), 1), alpha));
};

const selu: Rule = (node) =>
  mul(exponential(node, node.float("alpha", 1.6732632423543772)), node.float("gamma", 1.0507009873554805));

/** log(1 + exp x), as max(x, 0) + log(1 + exp(-|x|)) */
const softplus: Rule = (node) => softplusOf(node, node.value(0));

const softplusOf = (node: NodeReading, x: Value): Value => {
  const below = negative(node, x);
  const distance = sub(mul(below, 2), x);
  return add(node.apply("relu", [x]), node.apply("log", [add(node.apply("exp", [distance]), 1)]));
};

const mish: Rule = (node) => mul(node.value(0), node.apply("tanh", [softplusOf(node, node.value(0))]));

export const activations: Readonly<Record<string, Rule>> = {
  Relu: (node) => node.apply("relu", [node.value(0)]),
  Sigmoid: (node) => node.apply("sigmoid", [node.value(0)]),
  Tanh: (node) => node.apply("tanh", [node.value(0)]),
  Clip: clip,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Softmax: softmax,
  Gelu: gelu,
  LeakyRelu: leakyRelu,
  PRelu: pRelu,
  Elu: elu,
  Selu: selu,
  Softplus: softplus,
  Mish: mish,
};
