import { add, type Value } from "../../../engine/index.ts";
import type { NodeReading, Rule } from "../reading.ts";

type PlainOp = "add" | "sub" | "mul" | "div" | "neg" | "sqrt" | "exp" | "log" | "reciprocal" | "erf";

/** An operator of one or two inputs that is an op of the engine. */
const plain =
  (op: PlainOp, inputs: 1 | 2): Rule =>
  (node) => {
    if (inputs === 1) return node.apply(op, [node.value(0)]);
    const [a, b] = [operand(node, 0, 1), operand(node, 1, 0)];
    return node.apply(op, [a, b]);
  };

/** A constant that is one number is a scalar, which any layout takes, where that changes no shape. */
function operand(node: NodeReading, input: number, other: number): Value {
  const known = node.constant(input);
  if (known?.type !== "float32" || known.numbers.length !== 1 || node.constant(other)) return node.value(input);
  return node.value(other).shape.length >= known.shape.length
    ? node.graph.scalar(known.numbers[0]!)
    : node.value(input);
}

const pow: Rule = (node) => {
  const [base, exponents] = [node.value(0), node.numbers(1, "an exponent")];
  const [exponent = 1] = exponents;
  if (exponents.some((other) => other !== exponent)) node.refuse("one exponent", "several");
  if (exponent === 1) return base;
  if (exponent === 2) return node.apply("mul", [base, base]);
  return exponent === 0.5 ? node.apply("sqrt", [base]) : node.apply("pow", [base], { exponent });
};

/** A sum of any number of inputs. */
const sumAll: Rule = (node) =>
  Array.from({ length: node.inputs - 1 }, (_, i) => node.value(i + 1)).reduce((sum, x) => add(sum, x), node.value(0));

/** The greater or smaller of a value and numbers known beforehand. */
const bounded =
  (side: "min" | "max"): Rule =>
  (node) => {
    const known = Array.from({ length: node.inputs }, (_, i) => i).filter((i) => node.constant(i));
    const others = Array.from({ length: node.inputs }, (_, i) => i).filter((i) => !node.constant(i));
    const [x, another] = others;
    if (x === undefined || another !== undefined)
      return node.refuse("one value and numbers", `${others.length} values`);
    const bounds = known.map((input) => node.number(input, "a bound"));
    const limits =
      side === "max"
        ? { min: Math.max(...bounds), max: Number.POSITIVE_INFINITY }
        : { min: Number.NEGATIVE_INFINITY, max: Math.min(...bounds) };
    return bounds.length === 0 ? node.value(x) : node.apply("clip", [node.value(x)], limits);
  };

const where: Rule = (node) => {
  const condition = node.constant(0) ?? node.refuse("a condition known beforehand", "one that is computed");
  const bools = Uint8Array.from(condition.numbers, Number);
  const mask = node.graph.constant({ dtype: "bool", shape: condition.shape, data: bools });
  return node.apply("select", [mask, node.value(1), node.value(2)]);
};

/** A Cast to float32 of what is float32. */
const cast: Rule = (node) => {
  const to = node.int("to", 0);
  return to === FLOAT32 ? node.value(0) : node.refuse("a cast to float32", `type ${to}`);
};
/** `TensorProto.DataType` */
const FLOAT32 = 1;

const same: Rule = (node) => node.value(0);

const dropout: Rule = (node) => {
  const isTraining = node.has(2) && node.numbers(2, "a mode").some(Boolean);
  return isTraining ? node.refuse("a dropout that is off", "one in training") : node.value(0);
};

export const arithmetic: Readonly<Record<string, Rule>> = {
  Add: plain("add", 2),
  Sub: plain("sub", 2),
  Mul: plain("mul", 2),
  Div: plain("div", 2),
  Neg: plain("neg", 1),
  Sqrt: plain("sqrt", 1),
  Exp: plain("exp", 1),
  Log: plain("log", 1),
  Reciprocal: plain("reciprocal", 1),
  Erf: plain("erf", 1),
  Pow: pow,
  Sum: sumAll,
  Max: bounded("max"),
  Min: bounded("min"),
  Where: where,
  Cast: cast,
  Identity: same,
  Dropout: dropout,
};
